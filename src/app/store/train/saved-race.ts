import * as v from 'valibot';
import type { TrainingTexts } from '../../../engine/jobs';
import { parseRecipe } from '../../../engine/methods';
import type { ByteStore } from '../../../engine/environment/byte-store';
import { toFailure } from '../core/failure';
import type { Race } from '../state/race';

const FORMAT = 'interlayer race 1';

/** A race with its training texts. Together with the stored states of its arms it can be resumed on a later visit. */
export interface SavedRace {
  readonly race: Race;
  readonly texts: TrainingTexts;
  /** When it was stored, in milliseconds since 1970. */
  readonly saved?: number | undefined;
}

const numbers = v.array(v.number());
const RunSchema = v.looseObject({
  arm: v.string(),
  seed: v.number(),
  name: v.string(),
  status: v.picklist(['waiting', 'running', 'paused', 'done', 'diverged', 'failed']),
  steps: v.number(),
  losses: numbers,
  evaluations: v.array(v.looseObject({ step: v.number() })),
  gradients: v.record(v.string(), numbers),
  samples: v.array(v.object({ step: v.number(), text: v.string() })),
});
const Schema = v.object({
  format: v.literal(FORMAT),
  race: v.looseObject({
    id: v.string(),
    arms: v.array(v.looseObject({ id: v.string(), title: v.string(), recipe: v.unknown() })),
    seeds: numbers,
    tokensPerStep: v.number(),
    runs: v.array(RunSchema),
  }),
  texts: v.looseObject({}),
  saved: v.optional(v.number()),
});

/** Names of the file of a race and of the states of its runs begin with this. */
const nameOf = (id: string): string => `race-${id}`;
const fileOf = (id: string): string => `${nameOf(id)}.json`;

/** Returns the id of the race that a stored name belongs to; undefined for names of other things. */
export const raceIdOf = (name: string): string | undefined =>
  /^race-([a-z0-9]+)(?:\.json|-\d+-\d+\.state)$/.exec(name)?.[1];

export const hasRaceFile = (names: readonly string[], id: string): boolean => names.includes(fileOf(id));

/** Stores a race. @returns true if it outlasts this visit. @throws ByteStoreError if there is no room. */
export async function saveRace(byteStore: ByteStore, { race, texts }: SavedRace): Promise<boolean> {
  const text = JSON.stringify({ format: FORMAT, race, texts, saved: Date.now() });
  return byteStore.write(fileOf(race.id), new TextEncoder().encode(text));
}

/** Removes a race and the states of its runs. */
export async function removeRace(byteStore: ByteStore, id: string): Promise<void> {
  for (const name of await byteStore.list()) if (raceIdOf(name) === id) await byteStore.remove(name);
}

/** Loads a stored race; undefined if there is none. @throws Error if it cannot be read. */
export async function loadRace(byteStore: ByteStore, id: string): Promise<SavedRace | undefined> {
  const bytes = await byteStore.read(fileOf(id));
  if (bytes === undefined) return undefined;
  const { race, texts, saved } = v.parse(Schema, parsed(bytes));
  for (const { recipe } of race.arms) parseRecipe(recipe);
  // Fields that the schema does not check are only shown.
  return { race: race as unknown as Race, texts: texts as TrainingTexts, saved };
}

function parsed(bytes: Uint8Array): unknown {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(
      `Expected a whole file, got ${bytes.byteLength} bytes that are not (${toFailure(error).message}). Discard it.`,
      { cause: error },
    );
  }
  const format = typeof data === 'object' && data !== null && 'format' in data ? data.format : undefined;
  if (format === FORMAT) return data;
  throw new Error(
    `Expected “${FORMAT}”, got ${JSON.stringify(format)}: another version of this page has kept it. Open it there, or discard it.`,
  );
}
