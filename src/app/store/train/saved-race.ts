import * as v from 'valibot';
import type { TrainingTexts } from '../../../engine/jobs';
import { parseRecipe } from '../../../engine/methods';
import { firstIssue } from '../../../issue';
import { LegibleError, show } from '../../../legible';
import { BUDGETS, RACES } from '../../../recipe/view';
import { count, finite, orNaN } from '../../../stored-number';
import type { ByteStore } from '../../../engine/environment/byte-store';
import type { Race } from '../state/race';

const FORMAT = 'interlayer race 1';

/** A race with its training texts. Together with the stored states of its arms it can be resumed on a later visit. */
export interface SavedRace {
  readonly race: Race;
  readonly texts: TrainingTexts;
  /** When it was stored, in milliseconds since 1970. */
  readonly saved?: number | undefined;
}

/** The race of an earlier visit cannot be read. */
class SavedRaceError extends LegibleError {
  override name = 'SavedRaceError';
}

const loss = v.nullable(finite);

const Times = v.object({ forward: orNaN, backward: orNaN, optimizer: orNaN });
const Memory = v.object({
  frozen: count,
  parameters: count,
  gradients: count,
  moments: count,
  activations: count,
  working: count,
  total: count,
  keepActivations: v.boolean(),
});
const Report = v.object({
  name: v.string(),
  texts: count,
  tokens: count,
  examples: count,
  unknown: count,
  charactersPerToken: orNaN,
  cut: v.exactOptional(count),
  dropped: v.exactOptional(count),
});
const Facts = v.object({
  stepMs: v.nullable(Times),
  stepCost: finite,
  trainable: count,
  parameters: count,
  layers: count,
  newLayers: v.array(count),
  memory: Memory,
  texts: v.array(Report),
});
const Evaluation = v.object({
  step: count,
  heldout: loss,
  retention: loss,
  response: loss,
  moved: v.record(v.string(), v.object({ distance: orNaN, from: orNaN })),
});
const RunSchema = v.object({
  arm: v.string(),
  seed: count,
  name: v.string(),
  status: v.picklist(['waiting', 'running', 'paused', 'done', 'diverged', 'failed']),
  steps: count,
  losses: v.array(finite),
  evaluations: v.array(Evaluation),
  gradients: v.record(v.string(), v.array(orNaN)),
  samples: v.array(v.object({ step: count, text: v.string() })),
  facts: v.exactOptional(Facts),
  keptStep: v.exactOptional(count),
  problem: v.exactOptional(v.string()),
});
/** Recipes are checked by their own schema. */
const recipe = v.unknown();
const RaceSchema = v.object({
  id: v.string(),
  question: v.picklist(RACES),
  title: v.string(),
  recipe,
  without: v.array(v.string()),
  arms: v.array(v.object({ id: v.string(), title: v.string(), recipe })),
  reference: v.string(),
  seeds: v.array(count),
  budget: v.picklist(BUDGETS),
  evaluations: count,
  tokensPerStep: count,
  modelKey: v.string(),
  model: v.string(),
  text: v.string(),
  prompt: v.string(),
  device: v.string(),
  backend: v.picklist(['webgpu', 'cpu']),
  at: v.string(),
  runs: v.array(RunSchema),
});
const Text = v.object({ name: v.string(), content: v.string() });
const Schema = v.object({
  format: v.literal(FORMAT),
  race: RaceSchema,
  texts: v.object({
    train: v.exactOptional(Text),
    pairs: v.exactOptional(Text),
    heldout: v.exactOptional(Text),
    retention: v.exactOptional(Text),
    heldoutPairs: v.exactOptional(Text),
    heldOutShare: v.exactOptional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  }),
  saved: v.exactOptional(finite),
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

/** Loads a stored race; undefined if there is none. @throws SavedRaceError if it cannot be read; RecipeError for its recipes. */
export async function loadRace(byteStore: ByteStore, id: string): Promise<SavedRace | undefined> {
  const bytes = await byteStore.read(fileOf(id));
  if (bytes === undefined) return undefined;
  const result = v.safeParse(Schema, parsed(bytes));
  if (!result.success) {
    const { path, problem } = firstIssue(result.issues);
    throw new SavedRaceError(`${path ?? 'race'}: ${problem}. Discard it.`);
  }
  const { race, texts, saved } = result.output;
  const arms = race.arms.map((arm) => ({ ...arm, recipe: parseRecipe(arm.recipe) }));
  const stray = race.runs.find(({ arm }) => !arms.some((each) => each.id === arm));
  if (stray)
    throw new SavedRaceError(
      `runs: expected only runs of its arms, got one of ${show(stray.arm)}. Discard it.`,
    );
  return { race: { ...race, recipe: parseRecipe(race.recipe), arms }, texts, saved };
}

function parsed(bytes: Uint8Array): unknown {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new SavedRaceError('Expected a whole file, got one that was written in part. Discard it.', {
      cause: error,
    });
  }
  const format = typeof data === 'object' && data !== null && 'format' in data ? data.format : undefined;
  if (format === FORMAT) return data;
  throw new SavedRaceError(
    `Expected “${FORMAT}”, got ${show(format)}: another version of this page has kept it. Open it there, or discard it.`,
  );
}
