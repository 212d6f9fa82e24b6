import * as v from 'valibot';
import type { TrainingTexts } from '../../../engine/jobs';
import { parseRecipe } from '../../../engine/methods';
import type { ByteStore } from '../../../engine/environment/byte-store';
import type { Race } from '../state/race';

const FILE = 'race.json';
const FORMAT = 'interlayer race 1';

/** A race with its training texts. Together with the stored states of its arms it can be resumed on a later visit. */
export interface SavedRace {
  readonly race: Race;
  readonly texts: TrainingTexts;
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
});

export async function saveRace(byteStore: ByteStore, { race, texts }: SavedRace): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, race, texts });
  await byteStore.write(FILE, new TextEncoder().encode(text));
}

export const deleteSavedRace = (byteStore: ByteStore): Promise<void> => byteStore.remove(FILE);

/** Loads the race of an earlier visit; undefined if there is none. @throws Error if it cannot be read. */
export async function loadSavedRace(byteStore: ByteStore): Promise<SavedRace | undefined> {
  const bytes = await byteStore.read(FILE);
  if (bytes === undefined) return undefined;
  const { race, texts } = v.parse(Schema, JSON.parse(new TextDecoder().decode(bytes)));
  for (const { recipe } of race.arms) parseRecipe(recipe);
  // Fields that the schema does not check are only shown.
  return { race: race as unknown as Race, texts: texts as TrainingTexts };
}
