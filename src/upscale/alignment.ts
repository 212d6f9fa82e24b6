import type { Backend, Tensor } from '../backend/operations';
import type { Weights } from '../llama/weights';
import type { MethodId, Recipe } from '../recipe/schema';
import type { Solver } from '../transport/solve';
import { blockTensor } from './block-tensor';
import { borrow } from './borrow';
import { UpscaleError } from './errors';
import { resolveGaps } from './layout';
import { METHODS } from './methods';
import { flowSolver } from './methods/method';
import { BlockPair } from './pair';
import type { PlannedTensor } from './planned';

/** One tensor's transport problem in one gap. Its matrices stay valid until `free`. */
export interface AlignmentProblem {
  /** Rows of the previous block's tensor, after the method's input map. */
  readonly a: Tensor;
  /** Rows of the next block's tensor. */
  readonly b: Tensor;
  /** How the method matches them; undefined for a method without plans, whose rows are compared as they are. */
  readonly solver: Solver | undefined;
  /** Lets go of both matrices. Twice is harmless. */
  free(): void;
}

export interface AlignmentRequest {
  readonly method: MethodId;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly solver: Recipe['solver'];
  readonly seed: number;
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
  const { method, gap, tensor } = request;
  const { flow } = METHODS[method];
  // Even a method that reads one block can only be looked at where there are two to compare.
  resolveGaps([gap], weights.config.layers, 'pair');
  const borrowed = await borrow(weights, [gap, gap + 1], signal);
  let pair: BlockPair | undefined;
  try {
    const [previous, next] = borrowed.blocks;
    if (!previous || !next)
      throw new UpscaleError(`gap ${gap}: expected two blocks, got fewer. Choose another gap.`);
    if (!flow) {
      const key = `${tensor}.weight`;
      const [a, b] = [blockTensor(previous, key), blockTensor(next, key)];
      return { a, b, solver: undefined, free: borrowed.release };
    }
    const solver = flowSolver(flow, request.solver, request.seed);
    pair = new BlockPair(backend, { previous, next }, { solver, rescaled: flow.rescaled, signal });
    const rows = await pair.rows(tensor);
    let held = true;
    const free = (): void => {
      if (held) rows.free();
      held = false;
      borrowed.release();
    };
    return { a: rows.a, b: rows.b, solver, free };
  } catch (error) {
    borrowed.release();
    throw error;
  } finally {
    // Only o_proj's plan is held, and the moved rows no longer need it.
    pair?.free();
  }
}
