import type { OrderName } from '../../recipe/view';

/** Jobs that draw an alignment. */
export interface PictureJobs {
  /** Draws a pooled picture of an alignment, which may still be being solved. */
  picture: { args: PictureRequest; result: Picture };
}

/** What to draw of the alignment `key`, and how large. */
export interface PictureRequest {
  readonly key: string;
  readonly kind: 'cost' | 'plan' | 'permutation' | 'difference';
  /** Default: the last. Only for `plan` and `difference`. */
  readonly halfStep?: number;
  /** Order of rows and columns; default `index`. */
  readonly order?: OrderName;
  /** Only for `difference`: the plan to subtract, of the same size, in the order of `key`. */
  readonly minus?: { readonly key: string; readonly halfStep?: number };
  /** Range of places in the order; default: the whole matrix. With at most `maxPixels` cells each way every cell is exact. */
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
  /** Per pixel the largest value; of a difference the value of largest magnitude, with its sign. */
  readonly max: Float32Array;
  readonly mean: Float32Array;
  /** Smallest and largest value of `max`. */
  readonly low: number;
  readonly high: number;
  /**
   * Per row of pixels the largest value (of a difference, magnitude) in its rows, columns outside the window included. It
   * scales each row on its own.
   */
  readonly rowHigh?: Float32Array;
  /**
   * n·Σ_j T_ij per row and n·Σ_i T_ij per column of the whole matrix, in the picture's order; 1 where the marginal is met.
   * Only for `plan`.
   */
  readonly rowMass?: Float32Array;
  readonly columnMass?: Float32Array;
}
