import { expect, test } from 'vitest';
import { nullRows } from './null-rows';

const rowsOf = (values: Float32Array, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, i) =>
    Array.from(values.subarray(i * width, (i + 1) * width)),
  );
const ascending = (row: readonly number[]): number[] => row.toSorted((a, b) => a - b);

test('every row keeps its values, in an order of its own', () => {
  const values = Float32Array.from({ length: 12 * 40 }, (_, k) => k);
  const drawn = nullRows(values, 12, 3, 0);
  const rows = rowsOf(drawn, 40);
  expect(rows.map(ascending)).toEqual(rowsOf(values, 40));
  // Equal orders would keep the rows aligned with one another.
  expect(new Set(rows.map((row) => row.map((value) => value % 40).join())).size).toBe(12);
  expect(values[0]).toBe(0);
});

test('a seed and a draw give the same again, others give other orders', () => {
  const values = Float32Array.from({ length: 64 }, (_, k) => k);
  const seen = new Set<string>();
  for (const seed of [0, 1, 2, 0xffffffff])
    for (const draw of [0, 1, 2, 3]) {
      expect(nullRows(values, 1, seed, draw)).toEqual(nullRows(values, 1, seed, draw));
      seen.add(nullRows(values, 1, seed, draw).join());
    }
  expect(seen.size).toBe(16);
});

test('all orders are equally likely', () => {
  const rows = 60_000;
  const values = Float32Array.from({ length: 3 * rows }, (_, k) => k % 3);
  const counts = new Map<string, number>();
  for (const row of rowsOf(nullRows(values, rows, 7, 1), 3))
    counts.set(row.join(), (counts.get(row.join()) ?? 0) + 1);
  expect(counts.size).toBe(6);
  // Of a binomial with mean 10,000 the standard deviation is 91.
  for (const count of counts.values()) expect(Math.abs(count - rows / 6)).toBeLessThan(4 * 91);
});

test('rows of one entry or none stay as they are', () => {
  expect(nullRows(Float32Array.of(1, 2), 2, 0, 0)).toEqual(Float32Array.of(1, 2));
  expect(nullRows(new Float32Array(), 0, 0, 0)).toEqual(new Float32Array());
});
