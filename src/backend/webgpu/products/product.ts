import type { KernelParameters } from '../../../wgsl';

/** A product of matrices, as far as the choice of a variant needs to know it. */
export interface Product {
  /** Its kernel in `shaders/`. */
  readonly kernel: string;
  /** Orientation, dtypes and whatever else makes another kernel of it; part of the name of its class. */
  readonly form: string;
  /**
   * Parameters of the kernel. `LEFT_ALONG` and `RIGHT_ALONG` are 1 where stored rows of the operand run along the summed entries;
   * with `QUADS` all stored rows are whole quads, with `WIDE` those of the result.
   */
  readonly parameters: KernelParameters;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Makes an instance with made-up numbers, to try a variant on. Sizes are rounded up to whole quads where the form needs it. */
  trial(rows: number, columns: number, inner: number): Trial;
}

/** An instance of a product with made-up numbers. */
export interface Trial {
  readonly rows: number;
  readonly columns: number;
  /** Contents of the buffers by binding. */
  readonly data: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** Binding of the result, whose contents are known before. */
  readonly out: string;
  /** Parameters of the kernel's uniform, without the range of rows and columns. */
  readonly params: Readonly<Record<string, number>>;
  /** The whole of `out` afterwards, with the allowed error of each entry. */
  expected(): { readonly values: Float64Array; readonly errors: Float64Array };
}

/** Sizes of a product's result and sums. */
export type Size = 'few' | 'thin' | 'tiny' | 'small' | 'medium' | 'large';

/**
 * Rows, columns and summed entries that stand for a size when variants are measured. Tiny products are not, because they take
 * less time than the submission that they are in.
 */
export const TYPICAL: Readonly<
  Partial<Record<Size, readonly [rows: number, columns: number, inner: number]>>
> = {
  few: [8, 4096, 2048],
  thin: [32, 2048, 1024],
  small: [512, 512, 512],
  medium: [1024, 1024, 1024],
  large: [2048, 2048, 512],
};

/** True if few_rows.wgsl can form the product: both operands run along the sums, as in a linear layer, and sums are of products. */
export const takesFewRows = ({ rows, parameters }: Product): boolean =>
  rows <= 8 &&
  parameters['LEFT_ALONG'] === 1 &&
  parameters['RIGHT_ALONG'] === 1 &&
  parameters['DIFFERENCES'] !== 1;

export function sizeOf(product: Product): Size {
  const { rows, columns } = product;
  if (takesFewRows(product)) return 'few';
  if (Math.min(rows, columns) <= 32) return 'thin';
  const entries = rows * columns;
  if (entries <= 640 ** 2) return entries <= 192 ** 2 ? 'tiny' : 'small';
  return entries <= 1536 ** 2 ? 'medium' : 'large';
}
