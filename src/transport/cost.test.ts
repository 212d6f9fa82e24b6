import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import { Random } from '../../tests/random';
import type { Backend } from '../backend/operations';
import { Scope } from '../backend/scope';
import { CostMatrix, type CostOptions } from './cost';
import type { CostSettings } from './cost-settings';
import { TransportError } from './errors';
import { median } from './median';
import { distances, type Matrix, scaleOf, standardDeviation, table } from './oracle';
import { rounded, upload } from './testing';

const ALL: CostSettings[] = (['euclidean', 'squared', 'cosine'] as const).flatMap((metric) =>
  (['raw', 'unit'] as const).flatMap((rows) =>
    (['none', 'max', 'mean', 'median'] as const).map((scale) => ({ metric, rows, scale })),
  ),
);

/** Returns rows of normal numbers of different scales; rows in `zeros` are zero. */
function cloud(rows: number, width: number, seed: number, zeros: readonly number[] = []): number[][] {
  const random = new Random(seed);
  return rounded(table(rows, width, (i) => (zeros.includes(i) ? 0 : (1 + (i % 5)) * random.normal())));
}

const PROBLEMS = [
  [37, 29, 19],
  [5, 33, 7],
  [12, 3, 1],
] as const;

describe.each(await openBackends())('cost on $name', ({ open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.dispose());

  async function withCost<T>(
    { a, b }: { a: Matrix; b: Matrix },
    options: CostOptions,
    use: (cost: CostMatrix) => Promise<T>,
  ): Promise<T> {
    const scope = new Scope(backend);
    let cost: CostMatrix | undefined;
    try {
      const [x, y] = [scope.own(upload(backend, a)), scope.own(upload(backend, b))];
      cost = await CostMatrix.build(backend, x, y, options);
      return await use(cost);
    } finally {
      cost?.free();
      scope.free();
    }
  }

  it.each(ALL)('is $metric of $rows rows divided by $scale, resident or recomputed', async (settings) => {
    const before = backend.memory().tensors;
    for (const [n, m, k] of PROBLEMS) {
      // Rows of zeros on both sides.
      const [a, b] = [cloud(n, k, 1, [2, 4]), cloud(m, k, 2, [1])];
      const raw = distances(a, b, settings);
      const unit = scaleOf(raw, settings.scale);
      const expected = raw.flat().map((value) => value / unit);
      const largest = Math.max(...expected);
      const bandBytes = 7 * 4 * m;
      for (const options of [{}, { bandBytes }, { bandBytes, budgetBytes: 0 }]) {
        await withCost({ a, b }, { ...options, cost: settings }, async (cost) => {
          expect(cost.resident).toBe(!('budgetBytes' in options));
          const close = (actual: ArrayLike<number>, wanted: readonly number[]): void => {
            expect(actual.length).toBe(wanted.length);
            const worst = Math.max(
              ...wanted.map((value, at) => Math.abs(value - (actual[at] ?? Number.NaN))),
            );
            expect(worst).toBeLessThan(3e-6 * largest);
          };
          close(await cost.readAll(), expected);
          close(await cost.row(n - 1), expected.slice((n - 1) * m));
          close(
            await cost.column(1),
            expected.filter((_, at) => at % m === 1),
          );
          close(
            [cost.minimum, cost.maximum, cost.mean, cost.standardDeviation],
            [
              Math.min(...expected),
              largest,
              expected.reduce((sum, value) => sum + value, 0) / expected.length,
              standardDeviation([expected]),
            ],
          );
        });
      }
    }
    expect(backend.memory().tensors).toBe(before);
  });

  it('moves its points on the same scale, and transposes', async () => {
    const settings: CostSettings = { metric: 'euclidean', rows: 'unit', scale: 'mean' };
    const [a, b, moved] = [cloud(13, 6, 1), cloud(9, 6, 2), cloud(13, 6, 3)];
    const unit = scaleOf(distances(a, b, settings), 'mean');
    await withCost({ a, b }, { cost: settings, bandBytes: 4 * 9 * 4 }, async (cost) => {
      const points = upload(backend, moved);
      const other = await cost.withRows(points);
      // The new rows are not made unit; they are compared with the unit rows of b.
      const y = b.map((row) => row.map((value) => value / Math.hypot(...row)));
      const expected = distances(moved, y, { ...settings, rows: 'raw' }).flat();
      const values = await other.readAll();
      for (const [at, value] of expected.entries()) expect(values[at]).toBeCloseTo(value / unit, 5);
      expect(other.standardDeviation).toBeCloseTo(standardDeviation([expected]) / unit, 5);
      const transposed = other.transposed();
      const transposedEntries = await transposed.readAll();
      expect(table(13, 9, (i, j) => transposedEntries[j * 13 + i] ?? Number.NaN).flat()).toEqual([...values]);
      transposed.free();
      other.free();
      backend.free(points);
    });
  });

  it('leaves a cost of zeros alone whatever it is scaled by', async () => {
    const same = table(6, 4, () => 2);
    for (const scale of ['max', 'mean', 'median'] as const) {
      const cost: CostSettings = { metric: 'cosine', rows: 'raw', scale };
      await withCost({ a: same, b: same }, { cost }, async (made) => {
        expect(new Set(await made.readAll())).toEqual(new Set([0]));
        expect(made.standardDeviation).toBe(0);
      });
    }
  });

  it('has nothing to divide by where most costs are 0 and the median is asked for', async () => {
    const before = backend.memory().tensors;
    const a = table(6, 2, (i) => (i === 0 ? 3 : 1));
    const cost: CostSettings = { metric: 'euclidean', rows: 'raw', scale: 'median' };
    const b = table(5, 2, () => 1);
    await expect(withCost({ a, b }, { cost }, async () => undefined)).rejects.toThrow(TransportError);
    expect(backend.memory().tensors).toBe(before);
  });

  it('takes a median for 0 that is only the rounding of rows in one direction', async () => {
    // Rows of one number become ±1: costs are 0, or 2 in the row of the negative one.
    const a = table(40, 3, (i, j) => (i === 0 ? -1 : 1) * (0.1 + 0.037 * i) * (j + 1));
    const b = table(30, 3, (i, j) => (0.3 + 0.019 * i) * (j + 1));
    const cost: CostSettings = { metric: 'euclidean', rows: 'unit', scale: 'median' };
    await expect(withCost({ a, b }, { cost }, async () => undefined)).rejects.toThrow(
      /^cost matrix of unit rows and unit rows: expected a median above 0/,
    );
  });

  it('says where numbers are not finite, and can be freed twice', async () => {
    const before = backend.memory().tensors;
    const a = table(3, 3, (i) => (i === 1 ? 3e38 : 1));
    const cost: CostSettings = { metric: 'squared', rows: 'raw', scale: 'none' };
    // The square overflows float32 but not float64.
    const failing = withCost({ a, b: a.map((row) => row.map((x) => -x)) }, { cost }, (made) => {
      made.free();
      return made.readAll();
    });
    await expect(failing).rejects.toThrow(TransportError);
    expect(backend.memory().tensors).toBe(before);
  });
});

describe('median', () => {
  it.each([1, 2, 7, 1000, 4097])('is the middle of %i sorted numbers, given in pieces', async (count) => {
    const random = new Random(count);
    const spread = (): number => Math.abs(random.normal()) * 10 ** Math.round(4 * random.normal());
    const values = Float32Array.from({ length: count }, (_, i) => (i % 9 === 0 ? 0 : spread()));
    const sorted = values.toSorted();
    const expected = ((sorted[Math.floor((count - 1) / 2)] ?? 0) + (sorted[Math.floor(count / 2)] ?? 0)) / 2;
    const pieces = [values.subarray(0, 3), values.subarray(3, 500), values.subarray(500)];
    const found = await median(count, async (piece) => pieces.forEach(piece));
    expect(found).toBe(expected);
  });
});
