import type { Product } from './product';

export type Sizes = Pick<Product, 'rows' | 'columns' | 'inner'>;

/** Params of operands.wgsl, and the number of summed entries. */
export function operandParams({ parameters, rows, columns, inner }: Sizes & Pick<Product, 'parameters'>) {
  const [a_lines, a_length] = parameters['LEFT_ALONG'] ? [rows, inner] : [inner, rows];
  const [b_lines, b_length] = parameters['RIGHT_ALONG'] ? [columns, inner] : [inner, columns];
  return { inner, a_lines, a_length, b_lines, b_length };
}

/** Rounds up sizes so that what must be whole quads is. */
export function wholeQuads({ parameters }: Product, rows: number, columns: number, inner: number): Sizes {
  const { QUADS: quads, WIDE: wide, LEFT_ALONG: left, RIGHT_ALONG: right } = parameters;
  const whole = (size: number, must: boolean): number => (must ? Math.ceil(size / 4) * 4 : size);
  return {
    rows: whole(rows, quads === 1 && left === 0),
    columns: whole(columns, wide === 1 || (quads === 1 && right === 0)),
    inner: whole(inner, quads === 1 && (left === 1 || right === 1)),
  };
}

/** Reads an operand of a trial by its row (column) of the result and summed entry. */
export const entryOf =
  (values: Float32Array, length: number, along: boolean) =>
  (line: number, k: number): number =>
    values[along ? line * length + k : k * length + line] ?? NaN;
