import type { Backend, Tensor } from '../backend/operations';
import type { Block } from '../llama/block';
import type { WeightSource } from '../llama/weights';
import { withBlock } from '../llama/layer';
import type { Recipe } from '../recipe/schema';
import { alignmentProblem } from '../upscale/expanding/alignment';
import { blockTensor } from '../upscale/block/block-tensor';
import { type BlockSource, leaseBlocks } from '../upscale/block/lease';
import type { Expansion } from '../upscale/expanding/expansion';
import { parentsOf } from '../upscale/expanding/parents';
import { methodOf } from '../upscale/methods';
import { noNullReason } from '../upscale/methods/resolve';
import { isLayout } from '../upscale/contract/method';
import type { NewBlock } from '../upscale/block/new-block';
import { PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../upscale/block/planned';
import type { MeasureGroup, NullNumbers, TensorMeasure } from './measurement';
import { NullCache } from './null-cache';
import { cosine, norm, squaredNorm } from './norms';
import { measureMatching, type PlanNumbers, NO_PLAN_NUMBERS } from './matching';

interface TensorOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Features that are compared in place of weights, if the recipe compares activations. */
  readonly features?: BlockSource | undefined;
  /** `tensors`, `null` or both. Default: `tensors`. */
  readonly groups?: ReadonlySet<MeasureGroup> | undefined;
  /** Nulls measured before. Read and filled. */
  readonly nulls?: NullCache | undefined;
}

const ALONE: ReadonlySet<MeasureGroup> = new Set<MeasureGroup>(['tensors']);

/**
 * Measures every planned tensor of every new block: solves its problem again and compares its weight with both parents.
 * Returns an empty list for layout methods. If a method matches heads instead of all rows (`structured` attention),
 * perplexity, error and cost are taken from its plan summary, and costs by index are those after its heads were moved.
 * @throws TransportError if a problem cannot be solved; AbortError.
 */
export async function measureTensors(
  backend: Backend,
  weights: WeightSource,
  recipe: Recipe,
  expansion: Expansion,
  { signal, onProgress, features, groups = ALONE, nulls = new NullCache() }: TensorOptions = {},
): Promise<TensorMeasure[]> {
  if (isLayout(methodOf(recipe.method))) return [];
  const measures: TensorMeasure[] = [];
  const total = expansion.blocks.length * PLANNED_TENSORS.length;
  for (const block of expansion.blocks) {
    const { gap } = block;
    const { layers } = weights.config;
    const { previous, next } = parentsOf(gap, layers, recipe.parents);
    const upper = next < layers ? next : null;
    const lease = await leaseBlocks(weights, upper === null ? [previous] : [previous, upper], signal);
    try {
      const [lowerBlock = new Map(), upperBlock] = lease.blocks;
      for (const tensor of PLANNED_TENSORS) {
        signal?.throwIfAborted();
        const known = groups.has('tensors');
        const plan =
          upper === null || !known
            ? { rows: blockTensor(lowerBlock, `${tensor}.weight`).shape[0] ?? 0, ...NO_PLAN_NUMBERS }
            : await planNumbers(backend, weights, recipe, block, tensor, { signal, features });
        const parents = { previous: lowerBlock, next: upperBlock };
        const weight = known
          ? await withBlock(weights, { kind: 'new', like: block.like, block }, signal, (made) =>
              weightNumbers(backend, made, parents, `${tensor}.weight`),
            )
          : NO_WEIGHT_NUMBERS;
        const compared = groups.has('null') && upper !== null && noNullReason(recipe, tensor) === undefined;
        const excess = compared
          ? excessOf(await nulls.measure(backend, weights, { ...recipe, gap, tensor }, { signal }))
          : groups.has('null')
            ? NO_EXCESS
            : {};
        measures.push({ gap, tensor, previous, next: upper, ...plan, ...weight, ...excess });
        onProgress?.(measures.length / total);
      }
    } finally {
      lease.release();
    }
  }
  return measures;
}

async function planNumbers(
  backend: Backend,
  weights: WeightSource,
  recipe: Recipe,
  { gap, plans }: NewBlock,
  tensor: PlannedTensor,
  options: Pick<TensorOptions, 'signal' | 'features'>,
): Promise<PlanNumbers> {
  const { signal } = options;
  const problem = await alignmentProblem(backend, weights, { ...recipe, gap, tensor }, options);
  try {
    const numbers = await measureMatching(backend, problem, signal);
    const summary = plans.find((plan) => plan.tensor === tensor);
    return problem.solver || !summary ? numbers : { ...numbers, ...summaryNumbers(summary) };
  } finally {
    problem.free();
  }
}

const summaryNumbers = ({ rows, planPerplexity, marginalError, transportCost, converged }: PlanSummary) => ({
  rows,
  planPerplexity,
  marginalError,
  transportCost,
  converged,
});

type WeightNumbers = Pick<
  TensorMeasure,
  'normToPrevious' | 'normToNext' | 'cosinePrevious' | 'cosineNext' | 'distanceHalfNext'
>;

async function weightNumbers(
  backend: Backend,
  block: Block,
  { previous, next }: { previous: Block; next: Block | undefined },
  key: string,
): Promise<WeightNumbers> {
  const made = block.get(key);
  const [lower, upper] = [blockTensor(previous, key), next && blockTensor(next, key)];
  const ratio = async (parent: Tensor | undefined): Promise<number | null> =>
    made && parent ? quotient(await norm(backend, made), await norm(backend, parent)) : null;
  const angle = async (parent: Tensor | undefined): Promise<number | null> =>
    made && parent ? cosine(backend, made, parent) : null;
  return {
    normToPrevious: await ratio(lower),
    normToNext: await ratio(upper),
    cosinePrevious: await angle(lower),
    cosineNext: await angle(upper),
    distanceHalfNext:
      made && upper
        ? quotient(Math.sqrt(await squaredNorm(backend, made, 1, upper, -0.5)), await norm(backend, upper))
        : null,
  };
}

const NO_WEIGHT_NUMBERS: WeightNumbers = {
  normToPrevious: null,
  normToNext: null,
  cosinePrevious: null,
  cosineNext: null,
  distanceHalfNext: null,
};

const NO_EXCESS = { excessMass: null, excessCost: null } as const;

const excessOf = ({ matchedMass, exactCost, transportCost }: NullNumbers) => ({
  excessMass: matchedMass?.excess ?? null,
  excessCost: (exactCost ?? transportCost)?.excess ?? null,
});

const quotient = (x: number, y: number): number | null => (y > 0 ? x / y : null);
