import { describe, expect, it } from 'vitest';
import { ROW_MOMENT } from '../../src/backend/operations';
import { syntheticProblem, PROBLEM_SIZES } from '../problem';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Subject } from '../subject';

/** Rows of two matrices and their length; none a multiple of a tile. */
const SIZES = [
  [1, 1, 1],
  [7, 33, 129],
  [33, 7, 1],
  [37, 29, 18],
] as const;
/** Relative to the distance: float32 differences have a small relative error, which squaring doubles. */
const DISTANCE = 8e-6;

/** Returns `size` rows; every third (from `offset`) is all zeros. */
function withZeroRows(random: Random, size: number, inner: number, offset: number): Float64Array {
  return random.normals(size * inner).map((value, at) => (Math.floor(at / inner) % 3 === offset ? 0 : value));
}

export function costSuite(subject: Subject): void {
  const METRICS = {
    euclidean: reference.distances,
    squared: (...args: Parameters<typeof reference.distances>) =>
      reference.distances(...args).map((distance) => distance ** 2),
    cosine: reference.cosineDistances,
  } as const;

  describe.each(Object.keys(METRICS) as (keyof typeof METRICS)[])('metric %s', (metric) => {
    it.each(SIZES)('of %i rows to %i rows over %i, times a factor, band by band', async (n, m, inner) => {
      const { backend } = subject;
      const random = new Random(n + m);
      for (const [piece, dtype] of PACKABLE.entries()) {
        const a = subject.operand([n, inner], dtype, withZeroRows(random, n, inner, 1));
        const b = subject.operand([m, inner], dtype, withZeroRows(random, m, inner, 2));
        const unit = metric === 'cosine';
        const rows = unit ? backend.unitRows(a.tensor) : a.tensor;
        const columns = unit ? backend.unitRows(b.tensor) : b.tensor;
        const factor = [1, 0.25, 3.7][piece] ?? 1;
        const expected = METRICS[metric](a.values, b.values, n, m, inner).map((value) => factor * value);
        const half = Math.ceil(n / 2);
        for (const [start, count] of [
          [0, half],
          [half, n - half],
        ] as const) {
          if (count === 0) continue;
          const band = backend.pairwiseDistance(rows, columns, start, count, undefined, { metric, factor });
          await subject.expectClose(band, expected.slice(start * m, (start + count) * m), {
            tolerance: DISTANCE,
            // Unit rows are rounded, so distances have an absolute error even between close rows.
            ...(unit ? { magnitude: factor } : {}),
          });
        }
      }
    });

    it('is exactly 0 between equal rows, rows of zeros too', async () => {
      const { backend } = subject;
      const values = withZeroRows(new Random(4), 33, 19, 0);
      const rows = backend.unitRows(subject.operand([33, 19], 'f32', values).tensor);
      for (let i = 0; i < 33; i++) {
        const one = backend.gather(rows, subject.indices([i]));
        const cost = backend.pairwiseDistance(one, one, 0, 1, undefined, { metric });
        await subject.expectExactly(cost, [0]);
      }
    });
  });

  describe.each([
    [0, 19],
    [0, 300],
    [100, 19],
    [100, 300],
  ])('rows around %i of length %i, some equal, some apart by a millionth of their norm', (offset, inner) => {
    const METRIC = {
      euclidean: Math.sqrt,
      squared: (square: number) => square,
      cosine: (square: number) => square / 2,
    };
    it.each(Object.keys(METRIC) as (keyof typeof METRIC)[])('have exact %s distances', async (metric) => {
      const { backend } = subject;
      const [n, m] = [37, 45];
      const random = new Random(inner + offset);
      const rows = random.normals(n * inner).map((value) => value + offset);
      const steps = random.normals(m * inner);
      const others = random.normals(m * inner);
      const size = 1e-6 * Math.hypot(1, offset);
      const columns = others.map((value, at) => {
        const j = Math.floor(at / inner);
        const twin = rows[(j % n) * inner + (at % inner)] ?? NaN;
        return [value + offset, twin, twin + size * (steps[at] ?? NaN)][j % 3] ?? NaN;
      });
      // Rows, unit ones too, are rounded to float32 before they are compared.
      const rounded = async (count: number, values: Float64Array) => {
        const plain = subject.values([count, inner], values);
        if (metric !== 'cosine') return plain;
        const unit = await backend.read(backend.unitRows(plain.tensor));
        return subject.values([count, inner], Float64Array.from(unit));
      };
      const [a, b] = [await rounded(n, rows), await rounded(m, columns)];
      const [x, y] = [reference.entries(a.values, inner), reference.entries(b.values, inner)];
      const expected = reference.tabulate(n, m, (i, j) =>
        METRIC[metric](reference.sum(inner, (k) => (x(i, k) - y(j, k)) ** 2)),
      );
      expect(expected.filter((distance) => distance === 0).length).toBeGreaterThanOrEqual(m / 3);
      const cost = backend.pairwiseDistance(a.tensor, b.tensor, 0, n, undefined, { metric });
      await subject.expectClose(cost, expected, { tolerance: DISTANCE });
    });
  });

  it('takes distances whose norms leave the range of float32', async () => {
    const a = subject.values([2, 2], Float64Array.of(3e25, 1, 1e25, 0));
    const b = subject.values([2, 2], Float64Array.of(3e25, 2, 0, 3));
    const expected = reference.distances(a.values, b.values, 2, 2, 2);
    const cost = subject.backend.pairwiseDistance(a.tensor, b.tensor, 0, 1);
    await subject.expectClose(
      subject.backend.gather(cost, subject.indices([0]), { axis: 1 }),
      expected.subarray(0, 1),
      {
        tolerance: DISTANCE,
      },
    );
  });

  it.each(SIZES)('makes %i rows unit (and %i of the length %i)', async (n, m, inner) => {
    for (const [rows, offset] of [
      [n, 1],
      [m, 0],
    ] as const) {
      for (const dtype of PACKABLE) {
        const x = subject.operand([rows, inner], dtype, withZeroRows(new Random(rows), rows, inner, offset));
        const value = reference.entries(x.values, inner);
        const expected = reference.tabulate(rows, inner, (i, k) => {
          const norm = Math.sqrt(reference.sum(inner, (l) => value(i, l) ** 2));
          return norm === 0 ? 0 : value(i, k) / norm;
        });
        const unit = subject.backend.unitRows(x.tensor);
        await subject.expectClose(unit, expected, { tolerance: 2e-6 }, [rows, inner]);
      }
    }
  });

  it('makes rows unit whose squares leave the range of float32', async () => {
    const x = subject.operand([2, 2], 'f32', Float64Array.of(3e25, 4e25, -3e-25, 4e-25));
    const unit = subject.backend.unitRows(x.tensor);
    await subject.expectClose(unit, Float64Array.of(0.6, 0.8, -0.6, 0.8), { tolerance: 1e-6 });
  });

  it.each(PROBLEM_SIZES)('takes mean and squared deviations of the rows of %i × %i', async (n, m) => {
    const problem = syntheticProblem(subject, n, m, 1);
    const cost = reference.entries(problem.cost, m);
    for (const band of problem.bands(3)) {
      const expected = reference.tabulate(band.rows, 2, (row, column) => {
        const i = band.rowStart + row;
        const mean = reference.sum(m, (j) => cost(i, j)) / m;
        return column === ROW_MOMENT.mean ? mean : reference.sum(m, (j) => (cost(i, j) - mean) ** 2);
      });
      const close = { tolerance: 2e-6, magnitude: expected.map((value) => value + 1e-6) };
      await subject.expectClose(subject.backend.rowMoments(band), expected, close, [band.rows, 2]);
    }
  });

  it('takes small deviations from a large mean', async () => {
    const values = new Random(5).uniforms(129, 1000, 1000.5);
    const cost = subject.values([1, 129], values);
    const mean = reference.sum(129, (j) => cost.values[j] ?? NaN) / 129;
    const squares = reference.sum(129, (j) => ((cost.values[j] ?? NaN) - mean) ** 2);
    const moments = subject.backend.rowMoments({ cost: cost.tensor, rowStart: 0, rows: 1 });
    // The mean has an error of 1e-4, which adds at most 129 times its square.
    await subject.expectClose(moments, Float64Array.of(mean, squares), {
      tolerance: 1e-6,
      magnitude: Float64Array.of(mean, squares + 2),
    });
  });
}
