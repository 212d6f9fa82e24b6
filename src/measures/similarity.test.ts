import { expect, test } from 'vitest';
import { randomSource } from '../random';
import { centredGram, linearCka, residualChange } from './similarity';

const random = randomSource(5);
const matrix = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random() - 0.3));
const flat = (x: readonly number[][]): Float32Array => Float32Array.from(x.flat());
const cka = (x: number[][], y: number[][]): number =>
  linearCka(centredGram(flat(x), x.length), centredGram(flat(y), y.length));

/** ‖YᵀX‖² / (‖XᵀX‖·‖YᵀY‖) of centred features: CKA defined over features instead of tokens. */
function featureCka(x: number[][], y: number[][]): number {
  const centre = (m: number[][]): number[][] => {
    const means = (m[0] ?? []).map((_, j) => m.reduce((sum, row) => sum + (row[j] ?? 0), 0) / m.length);
    return m.map((row) => row.map((value, j) => value - (means[j] ?? 0)));
  };
  const cross = (a: number[][], b: number[][]): number =>
    Math.sqrt(
      (a[0] ?? []).reduce(
        (total, _, i) =>
          total +
          (b[0] ?? []).reduce(
            (sum, __, j) => sum + a.reduce((dot, row, t) => dot + (row[i] ?? 0) * (b[t]?.[j] ?? 0), 0) ** 2,
            0,
          ),
        0,
      ),
    );
  const [a, b] = [centre(x), centre(y)];
  return cross(b, a) ** 2 / (cross(a, a) * cross(b, b));
}

test('linear CKA over tokens is its definition over features, whatever the widths', () => {
  for (const [tokens, p, q] of [
    [9, 4, 4],
    [5, 12, 7],
    [30, 3, 8],
  ] as const) {
    const [x, y] = [matrix(tokens, p), matrix(tokens, q)];
    expect(cka(x, y)).toBeCloseTo(featureCka(x, y), 5);
    expect(cka(x, y)).toBeLessThan(0.999);
  }
});

test('CKA does not see rotation, scale or a shift, and is 1 with itself', () => {
  const x = matrix(12, 2);
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  const turned = x.map(([a = 0, b = 0]) => [3 * (a * cos - b * sin) + 5, 3 * (a * sin + b * cos) - 2]);
  expect(cka(x, x)).toBeCloseTo(1, 12);
  expect(cka(x, turned)).toBeCloseTo(1, 5);
});

test('constant activations have no similarity to anything', () => {
  const same = Array.from({ length: 4 }, () => [1, 2, 3]);
  expect(cka(same, matrix(4, 3))).toBe(0);
});

test('the change of a residual stream is a mean over tokens', () => {
  const x = Float32Array.of(3, 4, 0, 2);
  const y = Float32Array.of(3, 4, 2, 0);
  const { change, cosine } = residualChange(x, y, 2);
  expect(change).toBeCloseTo((0 + Math.sqrt(8) / 2) / 2, 12);
  expect(cosine).toBeCloseTo((1 + 0) / 2, 12);
  expect(residualChange(x, x, 2)).toEqual({ change: 0, cosine: 1 });
});
