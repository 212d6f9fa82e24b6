import { pairwiseDistanceSizes } from '../checks/matrix';
import type { DistanceOptions, Metric, Tensor } from '../operations';
import type { Store } from './storage';

export function pairwiseDistance(
  store: Store,
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
  options?: DistanceOptions,
): Tensor {
  store.check(a, b, into);
  const { columns, inner, metric, factor } = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
  const result = into ?? store.zeros([rows, columns], 'pairwiseDistance');
  const out = store.target(result);
  const x = store.asFloat64(a);
  const y = store.asFloat64(b);
  for (let i = 0; i < rows; i++) {
    const xAt = (rowStart + i) * inner;
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const y0 = j * inner;
      const y1 = y0 + inner;
      const y2 = y1 + inner;
      const y3 = y2 + inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < inner; k++) {
        const value = x[xAt + k]!;
        const d0 = value - y[y0 + k]!;
        const d1 = value - y[y1 + k]!;
        const d2 = value - y[y2 + k]!;
        const d3 = value - y[y3 + k]!;
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
      }
      const at = i * columns + j;
      out[at] = s0;
      out[at + 1] = s1;
      out[at + 2] = s2;
      out[at + 3] = s3;
    }
    for (; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const d = x[xAt + k]! - y[j * inner + k]!;
        sum += d * d;
      }
      out[i * columns + j] = sum;
    }
  }
  fromSquares(out.subarray(0, rows * columns), metric, factor);
  if (metric === 'cosine') separateZeroRows(out, x, y, rowStart, rows, columns, inner, factor);
  return result;
}

/** Turns squared distances into factor · distance, in place. */
function fromSquares(values: Float64Array, metric: Metric, factor: number): void {
  if (metric === 'euclidean') {
    for (let at = 0; at < values.length; at++) values[at] = factor * Math.sqrt(values[at]!);
  } else {
    const scale = metric === 'cosine' ? factor / 2 : factor;
    if (scale === 1) return;
    for (let at = 0; at < values.length; at++) values[at]! *= scale;
  }
}

/** Sets the distance of a row of zeros to any other row to `factor`: it has no direction, so its cosine is 0. */
function separateZeroRows(
  out: Float64Array,
  x: Float64Array,
  y: Float64Array,
  rowStart: number,
  rows: number,
  columns: number,
  inner: number,
  factor: number,
): void {
  const isZero = (values: Float64Array, row: number): boolean =>
    values.subarray(row * inner, (row + 1) * inner).every((value) => value === 0);
  const zeroColumns = Array.from({ length: columns }, (_, j) => isZero(y, j));
  for (let i = 0; i < rows; i++) {
    const zeroRow = isZero(x, rowStart + i);
    for (let j = 0; j < columns; j++) if (zeroRow !== zeroColumns[j]) out[i * columns + j] = factor;
  }
}
