import * as v from 'valibot';
import { parseRecipe } from '../../../engine/methods';
import type { Recipe } from '../../../recipe/schema';
import type { StoredEvaluation, StoredMeasurement, SavedResult } from '../state/evaluations';
import { received } from '../../../recipe/issue';

const FORMAT = 'interlayer-comparison';

/** A file of results cannot be read. */
class ResultsError extends Error {
  override name = 'ResultsError';
}

const number = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);
const nullableNumber = v.nullable(v.number());

const Result = v.object({
  loss: v.number(),
  perplexity: number,
  tokens: v.number(),
  backend: v.picklist(['webgpu', 'cpu']),
  milliseconds: number,
  layers: v.number(),
  parameters: v.number(),
  maxLogitDifference: v.exactOptional(number),
  plans: v.array(
    v.looseObject({
      gap: v.number(),
      tensor: v.string(),
      rows: v.number(),
      planPerplexity: number,
      converged: v.boolean(),
    }),
  ),
});

const Measured = v.object({
  tensors: v.array(v.looseObject({ gap: v.number(), tensor: v.string(), rows: v.number() })),
  blocks: v.array(v.looseObject({ layer: v.number(), isNew: v.boolean(), base: v.number() })),
  model: v.nullable(v.looseObject({ loss: v.number() })),
  sample: v.nullable(v.object({ tokens: v.number(), loss: nullableNumber })),
});

const Saved = v.object({
  key: v.string(),
  title: v.string(),
  recipe: v.unknown(),
  model: v.object({ name: v.string(), layers: v.number(), parameters: v.number() }),
  text: v.string(),
  tokens: v.number(),
  device: v.string(),
  at: v.string(),
  result: Result,
  measurement: v.exactOptional(Measured),
});

const FileSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(1),
  results: v.array(Saved),
});

/** Writes results as JSON. NaN and infinite numbers become null. */
export function writeResults(results: readonly SavedResult[], indent?: number): string {
  return JSON.stringify({ format: FORMAT, version: 1, results }, undefined, indent);
}

/** Reads results that `writeResults` wrote. @throws ResultsError that says what is wrong with the file. */
export function readResults(text: string): SavedResult[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new ResultsError('expected JSON, got other text. Choose a file that Compare exported.');
  }
  const parsed = v.safeParse(FileSchema, data);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new ResultsError(
      `${v.getDotPath(issue) ?? 'file'}: expected ${issue.expected ?? 'another value'}, got ${received(issue)}. Choose a file that Compare exported.`,
    );
  }
  return parsed.output.results.map((saved) => ({
    ...saved,
    // The other fields of plans and measures are numbers that are only shown.
    result: saved.result as unknown as StoredEvaluation,
    recipe: saved.recipe === null ? null : readRecipe(saved.recipe, saved.title),
    ...(saved.measurement === undefined
      ? {}
      : { measurement: saved.measurement as unknown as StoredMeasurement }),
  })) as SavedResult[];
}

function readRecipe(data: unknown, title: string): Recipe {
  try {
    return parseRecipe(data);
  } catch (error) {
    throw new ResultsError(
      `the recipe of “${title}”: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
