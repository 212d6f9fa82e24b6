import { expect, test } from 'vitest';
import { randomSource } from '../random';
import { sumOfDivergences } from './divergence';

const softmax = (x: readonly number[]): number[] => {
  const exps = x.map((value) => Math.exp(value));
  const total = exps.reduce((sum, value) => sum + value, 0);
  return exps.map((value) => value / total);
};

test('the divergence of two softmaxes is Σ p·log(p/q), row after row', () => {
  const random = randomSource(2);
  const rows = Array.from({ length: 3 }, () =>
    Array.from({ length: 6 }, () => Math.fround(4 * random() - 2)),
  );
  const others = rows.map((row) => row.map((value) => Math.fround(value + random())));
  const expected = rows.reduce((sum, row, r) => {
    const [p, q] = [softmax(row), softmax(others[r] ?? [])];
    return sum + p.reduce((inner, value, i) => inner + value * Math.log(value / (q[i] ?? 0)), 0);
  }, 0);
  const got = sumOfDivergences(Float32Array.from(rows.flat()), Float32Array.from(others.flat()), 3);
  expect(got).toBeCloseTo(expected, 10);
  expect(got).toBeGreaterThan(0);
});

test('equal logits diverge by exactly nothing, a shift of all logits by nothing but rounding', () => {
  const logits = Float32Array.of(1000, -3, 0.1, 7, 7, 7);
  expect(sumOfDivergences(logits, logits.slice(), 2)).toBe(0);
  expect(
    sumOfDivergences(
      logits,
      logits.map((value) => value + 8),
      2,
    ),
  ).toBeLessThan(1e-5);
});

test('a distribution that is certain of another token diverges by the difference of logits', () => {
  expect(sumOfDivergences(Float32Array.of(60, 0), Float32Array.of(0, 60), 1)).toBeCloseTo(60, 9);
});
