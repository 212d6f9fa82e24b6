import type { Rounding } from './rounding';

/** A row-major matrix in float64; a vector has one row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export const zeros = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  values: new Float64Array(rows * columns),
});

export function tabulated(
  rows: number,
  columns: number,
  entry: (row: number, column: number) => number,
): Matrix {
  const made = zeros(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) made.values[i * columns + j] = entry(i, j);
  return made;
}

export const at = ({ values, columns }: Matrix, row: number, column: number): number =>
  values[row * columns + column] as number;

export const transpose = (x: Matrix): Matrix => tabulated(x.columns, x.rows, (i, j) => at(x, j, i));

/** Rows or columns by their indices. */
export const rowsOf = (x: Matrix, order: readonly number[]): Matrix =>
  tabulated(order.length, x.columns, (i, j) => at(x, order[i] as number, j));
export const columnsOf = (x: Matrix, order: readonly number[]): Matrix =>
  tabulated(x.rows, order.length, (i, j) => at(x, i, order[j] as number));

/** Matrices of equally many rows, side by side. */
export const beside = (parts: readonly Matrix[]): Matrix => {
  const rows = parts[0]?.rows ?? 0;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const made = zeros(rows, columns);
  let start = 0;
  for (const part of parts) {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < part.columns; j++) made.values[i * columns + start + j] = at(part, i, j);
    start += part.columns;
  }
  return made;
};

/** Matrices of equally many columns, one below the other. */
export const stacked = (parts: readonly Matrix[]): Matrix => ({
  rows: parts.reduce((sum, part) => sum + part.rows, 0),
  columns: parts[0]?.columns ?? 0,
  values: Float64Array.from(parts.flatMap((part) => [...part.values])),
});

/** A·B, where either may be read transposed; `extra` roundings besides those of the sum. */
export function product(
  a: Matrix,
  b: Matrix,
  rounding: Rounding,
  { left = false, right = false, extra = 2 }: { left?: boolean; right?: boolean; extra?: number } = {},
): Matrix {
  const rows = left ? a.columns : a.rows;
  const inner = left ? a.rows : a.columns;
  const columns = right ? b.rows : b.columns;
  const [stepA, rowA] = left ? [a.columns, 1] : [1, a.columns];
  const [stepB, columnB] = right ? [1, b.columns] : [b.columns, 1];
  const made = zeros(rows, columns);
  const exact = rounding.exact;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let [sum, size] = [0, 0];
      for (let k = 0, p = i * rowA, q = j * columnB; k < inner; k++, p += stepA, q += stepB) {
        const term = (a.values[p] as number) * (b.values[q] as number);
        sum += term;
        size += Math.abs(term);
      }
      made.values[i * columns + j] = exact ? sum : rounding.near(sum, inner + extra, size);
    }
  return made;
}

/** α·A + β·B. */
export const mixed = (a: Matrix, alpha: number, b: Matrix, beta: number, rounding: Rounding): Matrix => ({
  ...a,
  values: a.values.map((value, i) => {
    const [x, y] = [alpha * value, beta * (b.values[i] as number)];
    return rounding.near(x + y, 3, Math.abs(x) + Math.abs(y));
  }),
});

export const scaled = (a: Matrix, factor: number, rounding: Rounding): Matrix => ({
  ...a,
  values: a.values.map((value) => rounding.near(value * factor, 2)),
});

/** Euclidean norms of the rows. */
export const rowNorms = (x: Matrix, rounding: Rounding): Float64Array =>
  Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < x.columns; j++) sum += at(x, i, j) ** 2;
    return rounding.near(Math.sqrt(sum), x.columns + 4);
  });

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
};
