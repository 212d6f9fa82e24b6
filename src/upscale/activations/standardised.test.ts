import { expect, test } from 'vitest';
import { standardised } from './standardised';

/** Pearson's correlation by the textbook formula. */
function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  const sum = (term: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < n; i++) total += term(i);
    return total;
  };
  const at = (v: ArrayLike<number>, i: number): number => v[i] ?? Number.NaN;
  const covariance = n * sum((i) => at(x, i) * at(y, i)) - sum((i) => at(x, i)) * sum((i) => at(y, i));
  const spread = (v: ArrayLike<number>): number =>
    Math.sqrt(n * sum((i) => at(v, i) ** 2) - sum((i) => at(v, i)) ** 2);
  return covariance / (spread(x) * spread(y));
}

test('inner products of rows are correlations, whatever their scale and offset', () => {
  const [x, y] = [Float32Array.of(3, -1, 4, 1, -5, 9), Float32Array.of(2, 7, 1, 8, 2, 8)];
  const far = x.map((value) => -2000 + 0.25 * value);
  const rows = standardised(Float32Array.from([...x, ...y, ...far]), 3) ?? new Float32Array();
  const row = (i: number): Float32Array => rows.subarray(6 * i, 6 * i + 6);
  const inner = (i: number, j: number): number =>
    row(i).reduce((sum, value, t) => sum + value * (row(j)[t] ?? 0), 0);
  expect(inner(0, 0)).toBeCloseTo(1, 6);
  expect(inner(0, 1)).toBeCloseTo(correlation(x, y), 6);
  expect(inner(0, 2)).toBeCloseTo(1, 6);
  for (const i of [0, 1, 2]) expect(row(i).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
});

test('a row that does not vary is zero, also where its mean cannot be written exactly', () => {
  const steady = new Float32Array(7).fill(0.1);
  const shaken = steady.map((value, i) => (i === 3 ? value * (1 + 2 ** -23) : value));
  const none = new Float32Array(7);
  expect(standardised(Float32Array.from([...steady, ...shaken, ...none]), 3)).toEqual(new Float32Array(21));
  const faint = Float32Array.from({ length: 7 }, (_, i) => 1e-30 * i);
  expect(Math.hypot(...(standardised(faint, 1) ?? []))).toBeCloseTo(1, 6);
});

test('what is not finite has no correlation', () => {
  expect(standardised(Float32Array.of(1, Number.NaN, 2, 3), 2)).toBeUndefined();
  expect(standardised(Float32Array.of(1, 2, Infinity, 3), 2)).toBeUndefined();
});
