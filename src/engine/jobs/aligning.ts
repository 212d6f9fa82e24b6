import type { MethodId, Recipe } from '../../recipe/schema';
import type { PlannedTensor } from '../../upscale/block/planned';

/** Transport problems between the neurons of two blocks, and how their plans formed. */
export interface AligningJobs {
  /** Solves one tensor's transport problem in one gap. Events: `AlignFrame` after every few half-steps. */
  align: { args: AlignRequest; result: AlignResult };
  /** Transport cost and plan perplexity as they were at some half-steps. */
  curve: { args: CurveRequest; result: Curve };
}

/** One tensor of one gap, by a recipe. */
export interface AlignRequest {
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /**
   * Start from the last potentials of this alignment of as many rows and columns, which may still be forming. Where the
   * solver has no such start (ProgOT, an ε looked for by perplexity, exact), or that alignment is gone, the solve starts
   * as usual, and `continued` is absent.
   */
  readonly from?: { readonly key: string };
  /**
   * Where a method matches a tensor head by head (v of `opt-deus:structured`; q, k and v where other methods compare
   * activations): the head of the next block whose plan is solved, its rows numbered from 0. Absent: all rows, compared
   * without a plan.
   */
  readonly part?: number;
}

/** Where a solve stands after a half-step. Half-step 0 is the start, odd ones set g (columns), even ones f (rows). */
export interface AlignFrame {
  readonly key: string;
  readonly halfStep: number;
  readonly marginalError: number;
  readonly epsilon: number;
}

/** What came of a solve; `key` names the alignment, which is kept, in other jobs. */
export interface AlignResult {
  /** Names this alignment in `picture` and `cell`. */
  readonly key: string;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly method: MethodId;
  /** `none` where the method has no plan (averages, copies): the cost and the exact permutation can still be looked at. */
  readonly plan: 'entropic' | 'permutation' | 'none';
  /** Rows (neurons of the previous block) and columns (of the next). */
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
  readonly halfSteps: number;
  readonly iterations: number;
  readonly converged: boolean;
  /**
   * L1 error of the column marginal at every half-step, from 0 on. A column half-step meets that marginal, so it repeats the
   * error it removed. NaN at a random start that is too far off; empty where nothing was iterated.
   */
  readonly errors: readonly number[];
  /** NaN, like the next two, for a method without a plan. */
  readonly marginalError: number;
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, n is uniform. */
  readonly planPerplexity: number;
  /** Σ T·M at mass 1, and that of the exact assignment where it was computed (up to 512 rows, or the method's own). */
  readonly transportCost: number;
  readonly exactCost?: number;
  /** Best column of every row, by mass or without a plan by cost, and the exact assignment where it was computed. */
  readonly argmax: Uint32Array;
  readonly assignment?: Uint32Array;
  readonly milliseconds: number;
  readonly backend: 'webgpu' | 'cpu';
  /** The solve went on from the potentials asked for. */
  readonly continued?: true;
}

/** Half-steps (0 is the start) of the alignment `key`, whose method has a plan that is iterated. */
interface CurveRequest {
  readonly key: string;
  readonly halfSteps: readonly number[];
}

/** One entry per half-step asked for; NaN at a start that is so far off that its plan has no finite measures. */
interface Curve {
  /** Σ T·M. */
  readonly transportCost: number[];
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, the number of columns uniform. */
  readonly planPerplexity: number[];
}
