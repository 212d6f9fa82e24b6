import type { Backend, Tensor } from '../backend/operations';
import type { Weights } from '../llama/weights';
import type { Recipe } from '../recipe/schema';
import type { CostSettings } from '../transport/cost-settings';
import type { Solver } from '../transport/solve';
import { blockTensor } from './block-tensor';
import { borrow } from './borrow';
import { UpscaleError } from './errors';
import { flowCost, flowSolver } from './flow';
import { parentsOf, resolveGaps } from './layout';
import { METHODS } from './methods';
import { isLayout } from './methods/method';
import { BlockPair, type RowPair } from './pair';
import type { PlannedTensor } from './planned';

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
}

/**
 * The problem that a method solves for one tensor of one gap, without making the block: for gate and up of OpT-DeUS this
 * solves o_proj's plan first, which maps their inputs.
 * @throws GapError when the gap has no block on one side; errors of the solve; AbortError.
 */
export async function alignmentProblem(
  backend: Backend,
  weights: Weights,
  request: AlignmentRequest,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<AlignmentProblem> {
  const { signal } = options;
  const { gap, tensor, parents } = request;
  const method = METHODS[request.method];
  const flow = isLayout(method) ? undefined : method.flow;
  const ownProblem = isLayout(method) ? undefined : method.problem;
  const cost = flowCost(flow, request.cost);
  const { layers } = weights.config;
  // Even a method that reads one block can only be looked at where there are two to compare.
  resolveGaps([gap], layers, 'pair', { parents });
  const chosen = parentsOf(gap, layers, parents);
  const borrowed = await borrow(weights, [chosen.previous, chosen.next], signal);
  let pair: BlockPair | undefined;
  try {
    const [previous, next] = borrowed.blocks;
    if (!previous || !next)
      throw new UpscaleError(`gap ${gap}: expected two blocks, got fewer. Choose another gap.`);
    if (!flow) {
      const key = `${tensor}.weight`;
      const [a, b] = [blockTensor(previous, key), blockTensor(next, key)];
      return { a, b, solver: undefined, cost, free: borrowed.release };
    }
    let rows: RowPair;
    let planned = true;
    if (ownProblem) {
      const zeroInit = request.zeroInit === 'method' ? method.zeroInit : request.zeroInit;
      const { structured } = request;
      const context = { backend, config: weights.config, previous, next, structured, zeroInit, signal };
      const problem = await ownProblem(context, tensor);
      rows = problem;
      planned = problem.planned;
    } else {
      pair = new BlockPair(backend, { previous, next }, flow, request, signal);
      rows = await pair.rows(tensor);
    }
    let held = true;
    const free = (): void => {
      if (held) rows.free();
      held = false;
      borrowed.release();
    };
    const solver = planned ? flowSolver(flow, request) : undefined;
    return { a: rows.a, b: rows.b, solver, cost, free };
  } catch (error) {
    borrowed.release();
    throw error;
  } finally {
    // Only o_proj's plan is held, and the moved rows no longer need it.
    pair?.free();
  }
}
