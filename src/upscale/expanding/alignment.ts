import { gapName } from '../../recipe/gap-name';
import type { Backend, Tensor } from '../../backend/operations';
import { type Against, NEXT } from '../../recipe/against';
import type { WeightSource } from '../../llama/weights';
import type { Recipe } from '../../recipe/schema';
import { allOrNone, Scope } from '../../backend/scope';
import type { CostSettings } from '../../transport/cost-settings';
import type { Solver } from '../../transport/solve';
import { blockTensor } from '../block/block-tensor';
import { type BlockSource, leaseBlocks } from '../block/lease';
import { checkAgainst, shuffledCopy, withNullRows } from './against';
import { featuresOf } from './features-of';
import { UpscaleError, noHeadError } from '../block/errors';
import { flowCost, flowSolver } from '../contract/matching';
import { resolveGaps } from './gaps';
import { parentsOf } from './parents';
import type { RowPair } from '../contract/context';
import { flowOf, isLayout } from '../contract/method';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/resolve';
import { BlockPair, comparedWeights } from '../opt-deus/pair';
import { headCount, type PlannedTensor } from '../block/planned';

/** The transport problem of one tensor in one gap. Its matrices are valid until `free`. */
export interface AlignmentProblem {
  /** Rows of the previous block's tensor, after the method's input map. */
  readonly a: Tensor;
  /** Rows of the next block's tensor, or what is in their place. */
  readonly b: Tensor;
  /** Undefined if the method matches these rows by no single plan: there are only costs. */
  readonly solver: Solver | undefined;
  /** Distance between two rows. */
  readonly cost: CostSettings;
  /** Frees both matrices. May be called twice. */
  free(): void;
}

export interface AlignmentRequest extends Pick<
  Recipe,
  'method' | 'solver' | 'cost' | 'seed' | 'parents' | 'structured' | 'zeroInit'
> {
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /** Index of the head, for a tensor with one plan per head. */
  readonly part?: number | undefined;
  /**
   * True: rows of gate and up as they are stored, before o_proj's plan maps their inputs. Default: as the method compares them. A
   * method with problems of its own always compares those.
   */
  readonly stored?: boolean | undefined;
  /** What takes the place of the next block's rows. Default: nothing. */
  readonly against?: Against | undefined;
}

interface AlignmentOptions {
  readonly signal?: AbortSignal | undefined;
  /** Features that are compared in place of weights, if the recipe compares activations. Owned by the caller. */
  readonly features?: BlockSource | undefined;
}

/**
 * Builds the transport problem of one tensor in one gap without making the new block. For gate and up of OpT-DeUS it solves
 * o_proj's plan first, because that plan maps their inputs. The caller frees the problem.
 * @throws GapError if a parent does not exist; UpscaleError for a head that the tensor does not have, or where nothing but the next
 * block can be compared (see `checkAgainst`); errors of the solve; AbortError.
 */
export async function alignmentProblem(
  backend: Backend,
  weights: WeightSource,
  request: AlignmentRequest,
  options: AlignmentOptions = {},
): Promise<AlignmentProblem> {
  const { signal } = options;
  const { gap, tensor, parents, part, against = NEXT } = request;
  const method = methodOf(request.method);
  const flow = flowOf(method);
  const ownProblem = isLayout(method) ? undefined : method.problem;
  const features = featuresOf(request, options.features);
  const { config } = weights;
  const { layers } = config;
  const heads = features && !ownProblem ? headCount(tensor, config) : undefined;
  if (part !== undefined && !ownProblem && heads === undefined) throw noHeadError(request.method, tensor);
  checkAgainst(request, config);
  const cost = flowCost(flow, features ? request.cost : { ...request.cost, features: 'weights' });
  // Showing a comparison needs two blocks, even if the method reads only one.
  resolveGaps([gap], layers, 'pair', { parents });
  const chosen = parentsOf(gap, layers, parents);
  const other = against.kind === 'copy' ? chosen.previous : chosen.next;
  const read = ownProblem ? undefined : comparedWeights(tensor);
  const lease = await leaseBlocks(features ?? weights, [chosen.previous, other], signal, read);
  const copy = new Scope(backend);
  const release = (): void => {
    copy.free();
    lease.release();
  };
  let pair: BlockPair | undefined;
  try {
    const [previous, last] = lease.blocks;
    if (!previous || !last)
      throw new UpscaleError(`gap ${gapName(gap)}: expected two blocks, got fewer. Choose another gap.`);
    const next = against.kind === 'copy' ? await shuffledCopy(backend, last, config, against, copy) : last;
    let rows: RowPair;
    let planned = true;
    if (!flow || (request.stored && !ownProblem && !features)) {
      const key = `${tensor}.weight`;
      rows = { a: blockTensor(previous, key), b: blockTensor(next, key), free: () => undefined };
      planned = flow !== undefined;
    } else if (ownProblem) {
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
    if (against.kind === 'null') rows = await withNullRows(backend, rows, request.seed, against.draw);
    let held = true;
    const free = (): void => {
      if (held) rows.free();
      held = false;
      release();
    };
    const solver = flow && planned ? flowSolver(flow, request) : undefined;
    return { a: rows.a, b: rows.b, solver, cost, free };
  } catch (error) {
    release();
    throw error;
  } finally {
    // `pair` holds only o_proj's plan; the moved rows no longer need it.
    pair?.free();
  }
}

/** Copies the rows, because features may be evicted while the problem is in use. Frees the given rows, also if it fails. */
function copied(backend: Backend, { a, b, free }: RowPair): RowPair {
  try {
    return allOrNone(backend, undefined, (scope) => ({
      a: scope.own(backend.weightedSum(a, 1)),
      b: scope.own(backend.weightedSum(b, 1)),
      free: () => scope.free(),
    }));
  } finally {
    free();
  }
}
