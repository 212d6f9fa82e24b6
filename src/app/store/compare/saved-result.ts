import * as v from 'valibot';
import { PLANNED_TENSORS } from '../../../engine/jobs';
import { parseRecipe } from '../../../engine/methods';
import type { Recipe } from '../../../recipe/schema';
import type { SavedResult } from '../state/evaluations';
import { firstIssue } from '../../../issue';
import { LegibleError } from '../../../legible';

const FORMAT = 'interlayer-comparison';

/** A file of results cannot be read. */
class ResultsError extends LegibleError {
  override name = 'ResultsError';
}

const finite = v.pipe(v.number(), v.finite('expected a finite number'));
/** JSON has no NaN: it is written as null. */
const number = v.pipe(
  v.nullable(finite),
  v.transform((value) => value ?? Number.NaN),
);
const nullableNumber = v.nullable(finite);
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const Plan = v.object({
  gap: index,
  tensor: v.picklist(PLANNED_TENSORS),
  rows: index,
  planPerplexity: number,
  transportCost: number,
  marginalError: number,
  epsilon: v.exactOptional(number),
  iterations: index,
  converged: v.boolean(),
});

const Result = v.object({
  loss: finite,
  perplexity: number,
  tokens: index,
  backend: v.picklist(['webgpu', 'cpu']),
  milliseconds: number,
  layers: index,
  parameters: index,
  maxLogitDifference: v.exactOptional(number),
  plans: v.array(Plan),
});

const TensorNumbers = v.object({
  gap: index,
  tensor: v.picklist(PLANNED_TENSORS),
  previous: index,
  next: v.nullable(index),
  rows: index,
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
  layer: index,
  isNew: v.boolean(),
  base: index,
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
  perplexity: number,
  tokens: index,
  klFromBase: number,
  maxLogitDifference: number,
  layers: index,
  parameters: index,
  bytes: index,
  trainStepCost: number,
  trainStepShare: number,
});

const Measured = v.object({
  tensors: v.array(TensorNumbers),
  blocks: v.array(BlockNumbers),
  model: v.nullable(ModelNumbers),
  sample: v.nullable(v.object({ tokens: index, loss: nullableNumber })),
});

const Saved = v.object({
  key: v.string(),
  title: v.string(),
  recipe: v.unknown(),
  model: v.object({ name: v.string(), layers: index, parameters: index }),
  text: v.string(),
  tokens: index,
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
