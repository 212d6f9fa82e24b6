import type { OrderName } from '../../recipe/view';

/** Pictures of an alignment. */
export interface PictureJobs {
  /** A pooled picture of a solved (or forming) alignment. */
  picture: { args: PictureRequest; result: Picture };
}

/** What to draw of the alignment `key`, and how large. */
export interface PictureRequest {
  readonly key: string;
  readonly kind: 'cost' | 'plan' | 'permutation' | 'difference';
  /** Which half-step's potentials; the last when absent. Only for `plan` and `difference`. */
  readonly halfStep?: number;
  /** Which neuron stands at which place; default `index`. */
  readonly order?: OrderName;
  /** For `difference`, and only for it: the plan that is taken away, of as many rows and columns, in the order of `key`. */
  readonly minus?: { readonly key: string; readonly halfStep?: number };
  /** In places of the order; the whole matrix when absent. Single cells come exactly where it has at most `maxPixels` each way. */
  readonly window?: { rowStart: number; rowEnd: number; columnStart: number; columnEnd: number };
  /** At most this many pixels each way (≤ 1024). */
  readonly maxPixels: number;
}

/** A pooled rectangle. Plan values are n·T: 1 means "all of this neuron". */
export interface Picture {
  readonly key: string;
  readonly kind: PictureRequest['kind'];
  readonly halfStep: number;
  readonly width: number;
  readonly height: number;
  /** The largest value that a pixel covers; of a difference the value of the largest magnitude, with its sign. */
  readonly max: Float32Array;
  readonly mean: Float32Array;
  /** Smallest and largest value of `max`. */
  readonly low: number;
  readonly high: number;
  /**
   * The largest value (of a difference, magnitude) in the whole rows that a row of pixels covers, the columns out of sight
   * included. For a scale of each row's own.
   */
  readonly rowHigh?: Float32Array;
  /**
   * n·Σ_j T_ij per row and n·Σ_i T_ij per column of the whole matrix, by place of the order; 1 where the marginal is met.
   * Only for `plan`.
   */
  readonly rowMass?: Float32Array;
  readonly columnMass?: Float32Array;
}
