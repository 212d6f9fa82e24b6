import * as v from 'valibot';
import { PLANNED_TENSORS } from '../../../engine/jobs';
import { parseRecipe } from '../../../engine/methods';
import type { Recipe } from '../../../recipe/schema';
import type { SavedResult } from '../state/evaluations';
import { firstIssue } from '../../../issue';
import { LegibleError } from '../../../legible';
import { count, finite, orNaN } from '../../../stored-number';

const FORMAT = 'interlayer-comparison';

/** A file of results cannot be read. */
class ResultsError extends LegibleError {
  override name = 'ResultsError';
}

const nullableNumber = v.nullable(finite);

const Plan = v.object({
  gap: count,
  tensor: v.picklist(PLANNED_TENSORS),
  rows: count,
  planPerplexity: orNaN,
  transportCost: orNaN,
  marginalError: orNaN,
  epsilon: v.exactOptional(orNaN),
  iterations: count,
  converged: v.boolean(),
});

const Result = v.object({
  loss: finite,
  perplexity: orNaN,
  tokens: count,
  backend: v.picklist(['webgpu', 'cpu']),
  milliseconds: orNaN,
  layers: count,
  parameters: count,
  maxLogitDifference: v.exactOptional(orNaN),
  plans: v.array(Plan),
});

const TensorNumbers = v.object({
  gap: count,
  tensor: v.picklist(PLANNED_TENSORS),
  previous: count,
  next: v.nullable(count),
  rows: count,
  planPerplexity: nullableNumber,
  marginalError: nullableNumber,
  converged: v.nullable(v.boolean()),
  transportCost: nullableNumber,
  exactCost: nullableNumber,
  identityCost: nullableNumber,
  meanCost: nullableNumber,
  scoreBefore: nullableNumber,
  scoreAfter: nullableNumber,
  identityShare: nullableNumber,
  assignmentAgreement: nullableNumber,
  normKept: nullableNumber,
  normToPrevious: nullableNumber,
  normToNext: nullableNumber,
  cosinePrevious: nullableNumber,
  cosineNext: nullableNumber,
  distanceHalfNext: nullableNumber,
  excessMass: v.exactOptional(nullableNumber),
  excessCost: v.exactOptional(nullableNumber),
});

const BlockNumbers = v.object({
  layer: count,
  isNew: v.boolean(),
  base: count,
  residualChange: nullableNumber,
  residualCosine: nullableNumber,
  ckaToPrevious: nullableNumber,
  attentionEntropy: nullableNumber,
  logitLensLoss: nullableNumber,
  lossSkipped: nullableNumber,
  lossDoubled: nullableNumber,
});

const ModelNumbers = v.object({
  loss: finite,
  perplexity: orNaN,
  tokens: count,
  klFromBase: orNaN,
  maxLogitDifference: orNaN,
  layers: count,
  parameters: count,
  bytes: count,
  trainStepCost: orNaN,
  trainStepShare: orNaN,
});

const Measured = v.object({
  tensors: v.array(TensorNumbers),
  blocks: v.array(BlockNumbers),
  model: v.nullable(ModelNumbers),
  sample: v.nullable(v.object({ tokens: count, loss: nullableNumber })),
});

const Saved = v.object({
  key: v.string(),
  title: v.string(),
  recipe: v.unknown(),
  model: v.object({ name: v.string(), layers: count, parameters: count }),
  text: v.string(),
  tokens: count,
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
    const { path, problem } = firstIssue(parsed.issues);
    throw new ResultsError(`${path ?? 'file'}: ${problem}. Choose a file that Compare exported.`);
  }
  return parsed.output.results.map((saved) => ({
    ...saved,
    recipe: saved.recipe === null ? null : readRecipe(saved.recipe, saved.title),
  }));
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
