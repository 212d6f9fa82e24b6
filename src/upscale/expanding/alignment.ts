import type { Backend, Tensor } from '../../backend/operations';
import type { WeightSource } from '../../llama/weights';
import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';
import type { Solver } from '../../transport/solve';
import { blockTensor } from '../block/block-tensor';
import { type BlockSource, leaseBlocks } from '../block/lease';
import { featuresOf } from './features-of';
import { UpscaleError, wholeOnly } from '../block/errors';
import { flowCost, flowSolver } from '../contract/matching';
import { resolveGaps } from './gaps';
import { parentsOf } from './parents';
import type { RowPair } from '../contract/context';
import { flowOf, isLayout } from '../contract/method';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/choices';
import { BlockPair } from '../opt-deus/pair';
import { headCount, type PlannedTensor } from '../block/planned';

/** One tensor's transport problem in one gap. Its matrices stay valid until `free`. */
export interface AlignmentProblem {
  /** Rows of the previous block's tensor, after the method's input map. */
  readonly a: Tensor;
  /** Rows of the next block's tensor. */
  readonly b: Tensor;
  /** How the method matches them; undefined for a method without plans, whose rows are compared as they are. */
  readonly solver: Solver | undefined;
  /** How far apart two rows are. */
  readonly cost: CostSettings;
  /** Lets go of both matrices. Twice is harmless. */
  free(): void;
}

export interface AlignmentRequest extends Pick<
  Recipe,
  'method' | 'solver' | 'cost' | 'seed' | 'parents' | 'structured' | 'zeroInit'
> {
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /** The head of a tensor that the method matches head by head. */
  readonly part?: number | undefined;
}

interface AlignmentOptions {
  readonly signal?: AbortSignal | undefined;
  /** What stands for the weights of blocks where the recipe compares activations. It stays the caller's. */
  readonly features?: BlockSource | undefined;
}

/**
 * The problem that a method solves for one tensor of one gap, without making the block: for gate and up of OpT-DeUS this
 * solves o_proj's plan first, which maps their inputs.
 * @throws GapError when the gap has no block on one side; UpscaleError for a part the tensor does not have; errors of the
 * solve; AbortError.
 */
export async function alignmentProblem(
  backend: Backend,
  weights: WeightSource,
  request: AlignmentRequest,
  options: AlignmentOptions = {},
): Promise<AlignmentProblem> {
  const { signal } = options;
  const { gap, tensor, parents, part } = request;
  const method = methodOf(request.method);
  const flow = flowOf(method);
  const ownProblem = isLayout(method) ? undefined : method.problem;
  const features = featuresOf(request, options.features);
  const { config } = weights;
  const { layers } = config;
  const heads = features && !ownProblem ? headCount(tensor, config) : undefined;
  if (part !== undefined && !ownProblem && heads === undefined) throw wholeOnly(request.method, tensor);
  const cost = flowCost(flow, features ? request.cost : { ...request.cost, features: 'weights' });
  // Even a method that reads one block can only be looked at where there are two to compare.
  resolveGaps([gap], layers, 'pair', { parents });
  const chosen = parentsOf(gap, layers, parents);
  const lease = await leaseBlocks(features ?? weights, [chosen.previous, chosen.next], signal);
  let pair: BlockPair | undefined;
  try {
    const [previous, next] = lease.blocks;
    if (!previous || !next)
      throw new UpscaleError(`gap ${gap}: expected two blocks, got fewer. Choose another gap.`);
    if (!flow) {
      const key = `${tensor}.weight`;
      const [a, b] = [blockTensor(previous, key), blockTensor(next, key)];
      return { a, b, solver: undefined, cost, free: lease.release };
    }
    let rows: RowPair;
    let planned = true;
    if (ownProblem) {
      const zeroInit = zeroInitOf(request);
      const { structured } = request;
      const settings = { structured, zeroInit, cost: request.cost };
      const context = { backend, config, previous, next, ...settings, signal };
      const problem = await ownProblem(context, tensor, part);
      rows = problem;
      planned = problem.planned;
    } else {
      const compared = features && { previous, next };
      pair = new BlockPair(backend, { previous, next }, flow, request, { signal, compared });
      rows = await pair.rows(tensor);
      if (heads !== undefined) {
        const { headsProblem } = await import('../activations/heads');
        const { headDim } = config;
        const problem = await headsProblem(
          backend,
          { ...rows, heads, headDim, cost },
          { tensor, part, signal },
        );
        rows = problem;
        planned = problem.planned;
      }
    }
    if (features) {
      rows = copied(backend, rows);
      lease.release();
    }
    let held = true;
    const free = (): void => {
      if (held) rows.free();
      held = false;
      lease.release();
    };
    const solver = planned ? flowSolver(flow, request) : undefined;
    return { a: rows.a, b: rows.b, solver, cost, free };
  } catch (error) {
    lease.release();
    throw error;
  } finally {
    // Only o_proj's plan is held, and the moved rows no longer need it.
    pair?.free();
  }
}

/** Rows of their own: features may go before what is compared of them does. */
function copied(backend: Backend, { a, b, free }: RowPair): RowPair {
  const own = [backend.weightedSum(a, 1), backend.weightedSum(b, 1)] as const;
  free();
  return { a: own[0], b: own[1], free: () => backend.free(...own) };
}
