import type { Against } from '../../recipe/against';
import type { MethodId, Recipe } from '../../recipe/schema';
import type { PlannedTensor } from '../../upscale/block/planned';

/** Jobs that solve transport problems between the neurons of two blocks. */
export interface AligningJobs {
  /** Solves one tensor's transport problem in one gap. Events: `AlignFrame` after every few half-steps. */
  align: { args: AlignRequest; result: AlignResult };
  /** Computes transport cost and plan perplexity at some half-steps. */
  curve: { args: CurveRequest; result: Curve };
}

/** Which tensor of which gap to align, and by which recipe. */
export interface AlignRequest {
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /**
   * Starts from the last potentials of this alignment, which has the same size and may still be being solved. If the
   * solver cannot start from potentials (ProgOT, ε searched by perplexity, exact), or that alignment is gone, the solve
   * starts as usual, and `continued` is absent.
   */
  readonly from?: { readonly key: string };
  /**
   * For methods that match a tensor head by head (v of `opt-deus:structured`; q, k and v if other methods compare
   * activations): the head of the next block whose plan is solved; its rows are numbered from 0. Default: all rows,
   * compared without a plan.
   */
  readonly part?: number;
  /**
   * What takes the place of the next block: its own rows, shuffled (the null), or a shuffled copy of the previous block. Default:
   * the next block as it is.
   */
  readonly against?: Against;
}

/** State of a solve after a half-step. Half-step 0 is the start, odd ones set g (columns), even ones f (rows). */
export interface AlignFrame {
  readonly key: string;
  readonly halfStep: number;
  readonly marginalError: number;
  readonly epsilon: number;
}

/** Result of a solve. The alignment is kept; other jobs name it by `key`. */
export interface AlignResult {
  readonly key: string;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly method: MethodId;
  /** `none` if the method has no plan (averages, copies): cost and exact permutation can still be drawn. */
  readonly plan: 'entropic' | 'permutation' | 'none';
  /** Rows (neurons of the previous block) and columns (of the next). */
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
  readonly halfSteps: number;
  readonly iterations: number;
  readonly converged: boolean;
  /**
   * L1 error of the column marginal at every half-step, from 0 on. A column half-step meets that marginal, so its entry
   * repeats the error before it. NaN at a random start that is too far off; empty if nothing was iterated.
   */
  readonly errors: readonly number[];
  /** NaN for a method without a plan, like the next two. */
  readonly marginalError: number;
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, n is uniform. */
  readonly planPerplexity: number;
  /** Σ T·M at mass 1, and that of the exact assignment if it was computed (up to 512 rows, or by the method itself). */
  readonly transportCost: number;
  readonly exactCost?: number;
  /** Mean and population standard deviation of all entries of the cost matrix. */
  readonly costMean: number;
  readonly costDeviation: number;
  /** Best column of every row, by mass or without a plan by cost; and the exact assignment if it was computed. */
  readonly argmax: Uint32Array;
  readonly assignment?: Uint32Array;
  readonly milliseconds: number;
  readonly backend: 'webgpu' | 'cpu';
  /** Set if the solve started from the potentials of `from`. */
  readonly continued?: true;
}

/** Half-steps (0 is the start) of the alignment `key`, whose solver must be iterative. */
interface CurveRequest {
  readonly key: string;
  readonly halfSteps: readonly number[];
}

/** One entry per requested half-step; NaN at a start that is so far off that the plan's measures are not finite. */
interface Curve {
  /** Σ T·M. */
  readonly transportCost: number[];
  /** exp of the mean entropy of the plan's rows: 1 for a permutation, the number of columns for a uniform plan. */
  readonly planPerplexity: number[];
}
