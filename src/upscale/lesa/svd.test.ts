import { describe, expect, it } from 'vitest';
import { Random } from '../../../tests/random';
import { createYielder } from '../../yielder';
import { UpscaleError } from '../block/errors';
import { symmetricEigen } from './eigen';
import { MAX_ROWS } from './limits';
import { type ThinSvd, thinSvd } from './svd';
import { dot, jacobiSvd, type Rows, sideBySide, toRows } from './testing';

const pause = createYielder(16);

/** Random layers. Row i of every layer is `spread` times row i − 1 in size. */
function layersOf(count: number, rows: number, columns: number, spread = 1): Float32Array[] {
  const random = new Random(100 * rows + columns);
  return Array.from({ length: count }, () =>
    Float32Array.from(random.normals(rows * columns), (x, at) => x * spread ** Math.floor(at / columns)),
  );
}

const norm = (rows: Rows): number => Math.sqrt(rows.reduce((sum, row) => sum + dot(row, row), 0));
const difference = (a: Rows, b: Rows): Rows =>
  a.map((row, i) => row.map((x, j) => x - (b[i]?.[j] ?? Number.NaN)));
const transposed = (a: Rows): Rows => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? Number.NaN));

/** Largest departure of the rows from an orthonormal set. */
function departure(rows: Rows): number {
  return Math.max(...rows.flatMap((x, i) => rows.map((y, j) => Math.abs(dot(x, y) - (i === j ? 1 : 0)))));
}

function rebuilt({ u, s, rank }: ThinSvd, v: Rows): Rows {
  const columns = transposed(v);
  return toRows(u, rank).map((row) => {
    const scaled = row.map((x, r) => x * (s[r] ?? Number.NaN));
    return columns.map((column) => dot(scaled, column));
  });
}

describe('thin SVD of concatenated matrices', () => {
  it.each([
    ['wide', 6, 3, 5, 1, 6],
    ['one row', 1, 3, 4, 1, 1],
    ['one column each', 5, 7, 1, 1, 5],
    ['more rows than columns', 20, 3, 4, 1, 12],
    ['singular values down to 1e-4', 24, 4, 16, 0.67, 24],
    ['as wide as a block', 40, 8, 33, 1, 40],
  ] as const)(
    '%s: agrees with one-sided Jacobi in float64',
    async (_, rows, count, columns, spread, rank) => {
      const layers = layersOf(count, rows, columns, spread);
      const c = sideBySide(layers, columns);
      const svd = await thinSvd(layers, rows, columns, pause);
      const expected = jacobiSvd(c);
      expect(svd.rank).toBe(rank);
      const v = sideBySide(svd.slices, columns);
      expect(norm(difference(rebuilt(svd, v), c)) / norm(c)).toBeLessThan(1e-5);
      // U is float64; V is float32, and errors of its small directions grow with the square of the condition number.
      expect(departure(transposed(toRows(svd.u, rank)))).toBeLessThan(1e-12);
      expect(departure(v)).toBeLessThan(1e-5);
      for (let r = 0; r < rank; r++) {
        expect(Math.abs((svd.s[r] ?? Number.NaN) / (expected.s[r] ?? Number.NaN) - 1)).toBeLessThan(1e-6);
        // Rounding rotates a vector by rounding error / distance to the next singular value, which is some percent here.
        expect(Math.abs(dot(v[r] ?? [], expected.v[r] ?? []) - 1)).toBeLessThan(1e-5);
      }
    },
  );

  it('leaves out what is rounding, and keeps the product', async () => {
    const random = new Random(3);
    const [rows, columns, rank] = [12, 9, 4];
    const left = toRows(random.normals(rows * rank), rank);
    const layers = Array.from({ length: 3 }, () => {
      const right = transposed(toRows(random.normals(rank * columns), columns));
      return Float32Array.from(left.flatMap((row) => right.map((column) => Math.fround(dot(row, column)))));
    });
    const svd = await thinSvd(layers, rows, columns, pause);
    // float32 entries are off the planted rank by 1e-8 of the largest.
    expect(svd.rank).toBe(rank);
    const c = sideBySide(layers, columns);
    expect(norm(difference(rebuilt(svd, sideBySide(svd.slices, columns)), c)) / norm(c)).toBeLessThan(1e-5);
  });

  it('finds no directions in zeros', async () => {
    const svd = await thinSvd([new Float32Array(12), new Float32Array(12)], 3, 4, pause);
    expect(svd.rank).toBe(0);
  });

  it('gives every vector of U its largest entry positive', async () => {
    const svd = await thinSvd(layersOf(3, 9, 7), 9, 7, pause);
    for (const column of transposed(toRows(svd.u, 9)))
      expect(Math.max(...column)).toBe(Math.max(...column.map(Math.abs)));
  });

  it('refuses more rows than it can take, and what is not finite', async () => {
    await expect(thinSvd([], MAX_ROWS + 1, 4, pause)).rejects.toThrow(UpscaleError);
    const broken = layersOf(2, 4, 4);
    broken[1]?.fill(Number.NaN);
    await expect(thinSvd(broken, 4, 4, pause)).rejects.toThrow(UpscaleError);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const layers = layersOf(2, 200, 50);
    let pauses = 0;
    const wait = createYielder(16, controller.signal);
    const cancelled = thinSvd(layers, 200, 50, async () => {
      if (++pauses === 20) controller.abort();
      await wait();
    });
    await expect(cancelled).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(pauses).toBe(20);
  });
});

describe('eigenvectors of symmetric matrices', () => {
  const diagonal = (values: readonly number[]): Float64Array =>
    Float64Array.from({ length: values.length ** 2 }, (_, at) =>
      at % (values.length + 1) === 0 ? (values[at / (values.length + 1)] ?? 0) : 0,
    );

  it('are those of a rotated diagonal with repeated, zero and tiny values', async () => {
    const values = [7, 7, 7, 3, 1e-9, 0, 0, -2, -2];
    const n = values.length;
    const { vectors: basis } = await symmetricEigen(Float64Array.from(symmetric(n)), n, pause);
    const q = toRows(basis, n);
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return q.reduce((sum, row, k) => sum + (values[k] ?? 0) * (row[i] ?? 0) * (row[j] ?? 0), 0);
    });
    const rows = toRows(matrix.slice(), n);
    const found = await symmetricEigen(matrix, n, pause);
    for (const [k, value] of values.toSorted((a, b) => b - a).entries())
      expect(Math.abs((found.values[k] ?? Number.NaN) - value)).toBeLessThan(1e-13);
    const vectors = toRows(found.vectors, n);
    expect(departure(vectors)).toBeLessThan(1e-13);
    for (const [k, vector] of vectors.entries())
      for (const [i, row] of rows.entries())
        expect(Math.abs(dot(row, vector) - (found.values[k] ?? 0) * (vector[i] ?? 0))).toBeLessThan(1e-12);
  });

  it('of a diagonal are the axes, in the order of the values', async () => {
    const { values, vectors } = await symmetricEigen(diagonal([1, 5, 0, 3]), 4, pause);
    expect([...values]).toEqual([5, 3, 1, 0]);
    expect([...vectors].map(Math.abs)).toEqual([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0]);
  });

  function symmetric(n: number): Float64Array {
    const x = toRows(new Random(1).normals(n * n), n);
    return Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return (x[i]?.[j] ?? 0) + (x[j]?.[i] ?? 0);
    });
  }
});
