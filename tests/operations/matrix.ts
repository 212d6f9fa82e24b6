import { describe, expect, it } from 'vitest';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Subject } from '../subject';

const ORIENTATIONS = ['nn', 'nt', 'tn'] as const;
/** Rows, columns and inner size. */
const SIZES = [
  [1, 1, 1],
  [1, 129, 33],
  [1, 132, 67],
  [3, 36, 70],
  [7, 33, 129],
  [33, 7, 1],
  [129, 1, 7],
  [33, 33, 32],
  [129, 129, 33],
] as const;
/** Relative to Σ|a||b|: float32 sums of up to 129 products. */
const MATMUL = 4e-6;
/** Relative to the distance: float32 differences have a small relative error for all rows. */
const DISTANCE = 4e-6;

export function matrixSuite(subject: Subject): void {
  describe.each(ORIENTATIONS)('matmul %s', (orientation) => {
    const left = (rows: number, inner: number) => (orientation === 'tn' ? [inner, rows] : [rows, inner]);
    const right = (columns: number, inner: number) =>
      orientation === 'nt' ? [columns, inner] : [inner, columns];

    it.each(SIZES)('multiplies %i × %i over %i', async (rows, columns, inner) => {
      const a = subject.operand(left(rows, inner));
      const b = subject.operand(right(columns, inner), 'f32', new Random(2).normals(columns * inner));
      const { values, magnitude } = reference.product(orientation, a.values, b.values, rows, columns, inner);
      const result = subject.backend.matmul(a.tensor, b.tensor, { orientation });
      await subject.expectClose(result, values, { tolerance: MATMUL, magnitude }, [rows, columns]);
    });

    it.each(PACKABLE.flatMap((x) => PACKABLE.map((y) => [x, y] as const)))(
      'multiplies %s by %s, with a bias, into columns of a wider matrix, adding',
      async (aType, bType) => {
        const [rows, columns, inner] = [5, 31, 67];
        const random = new Random(3);
        const a = subject.operand(left(rows, inner), aType);
        const b = subject.operand(right(columns, inner), bType, random.normals(columns * inner));
        const bias = subject.operand([columns], aType);
        const before = subject.values([rows, 40], random.normals(rows * 40));
        const expected = reference.product(orientation, a.values, b.values, rows, columns, inner);
        const old = reference.entries(before.values, 40);
        const [offset, end] = [6, 6 + columns];
        for (const accumulate of [true, false]) {
          const into = subject.values([rows, 40], before.values).tensor;
          const options = { orientation, bias: bias.tensor, into, columnOffset: offset, accumulate };
          expect(subject.backend.matmul(a.tensor, b.tensor, options)).toBe(into);
          const sum = (i: number, j: number, values: Float64Array, size: (x: number) => number) => {
            if (j < offset || j >= end) return size(old(i, j));
            const kept = accumulate ? size(old(i, j)) : 0;
            return kept + (values[i * columns + j - offset] ?? NaN) + size(bias.values[j - offset] ?? NaN);
          };
          await subject.expectClose(
            into,
            reference.tabulate(rows, 40, (i, j) => sum(i, j, expected.values, (x) => x)),
            {
              tolerance: MATMUL,
              magnitude: reference.tabulate(rows, 40, (i, j) => sum(i, j, expected.magnitude, Math.abs)),
            },
          );
        }
      },
    );

    it('leaves what it adds zeros to as it was, bit for bit', async () => {
      const a = subject.operand(left(33, 7)).tensor;
      const zero = subject.backend.zeros(right(129, 7), 'zero weight');
      const before = subject.operand([33, 129]);
      subject.backend.matmul(a, zero, { orientation, into: before.tensor, accumulate: true });
      await subject.expectExactly(before.tensor, before.values);
    });
  });

  it('takes a vector as one row', async () => {
    const a = subject.values([3], Float64Array.of(1, 2, 3));
    const b = subject.values([2, 3], Float64Array.of(1, 0, 0, 0, 1, 1));
    await subject.expectExactly(
      subject.backend.matmul(a.tensor, b.tensor, { orientation: 'nt' }),
      [1, 5],
      [1, 2],
    );
  });

  it.each(PACKABLE)('sums %s with weights', async (dtype) => {
    const shape = [7, 3, 11];
    const x = subject.operand(shape, dtype);
    const y = subject.operand(shape, 'bf16', new Random(8).normals(231));
    const { backend } = subject;
    await subject.expectClose(
      backend.weightedSum(x.tensor, -0.3),
      x.values.map((value) => -0.3 * value),
      { tolerance: 2e-7 },
      shape,
    );
    const both = (alpha: number, beta: number) =>
      x.values.map((value, i) => alpha * value + beta * (y.values[i] ?? NaN));
    const magnitude = x.values.map((value, i) => Math.abs(value) + Math.abs(y.values[i] ?? NaN));
    const close = { tolerance: 2e-7, magnitude };
    await subject.expectClose(backend.weightedSum(x.tensor, 0.7, y.tensor, 0.3), both(0.7, 0.3), close);
    await subject.expectClose(backend.weightedSum(x.tensor, 1, y.tensor), both(1, 1), close);
    await subject.expectExactly(backend.weightedSum(x.tensor, 1), x.values);
  });

  it.each(PACKABLE)('gathers rows and columns of %s', async (dtype) => {
    const x = subject.operand([33, 7], dtype);
    const value = reference.entries(x.values, 7);
    const { backend } = subject;
    const rows = [32, 0, 5, 5, 17];
    await subject.expectExactly(
      backend.gather(x.tensor, subject.indices(rows)),
      reference.tabulate(5, 7, (r, j) => value(rows[r] ?? NaN, j)),
      [5, 7],
    );
    const columns = [6, 0, 0, 3];
    await subject.expectExactly(
      backend.gather(x.tensor, subject.indices(columns), { axis: 1 }),
      reference.tabulate(33, 4, (i, r) => value(i, columns[r] ?? NaN)),
      [33, 4],
    );
  });

  it('gathers entries of a vector', async () => {
    const x = subject.operand([9], 'f16');
    const picks = [8, 0, 3];
    const result = subject.backend.gather(x.tensor, subject.indices(picks));
    await subject.expectExactly(
      result,
      picks.map((pick) => x.values[pick] ?? NaN),
      [3],
    );
  });

  it.each([0, 1] as const)('leaves zero where an index along axis %i is out of range', async (axis) => {
    const x = subject.operand([4, 4]);
    const value = reference.entries(x.values, 4);
    const picks = [9, 10, 13, 14, 2 ** 31, 12];
    const inside = picks.map((pick) => (pick >= 10 && pick < 14 ? pick - 10 : undefined));
    const entry = (i: number, j: number | undefined) =>
      j === undefined ? 0 : axis === 0 ? value(j, i) : value(i, j);
    await subject.expectExactly(
      subject.backend.gather(x.tensor, subject.indices(picks), { axis, offset: 10 }),
      axis === 0
        ? reference.tabulate(6, 4, (r, i) => entry(i, inside[r]))
        : reference.tabulate(4, 6, (i, r) => entry(i, inside[r])),
      axis === 0 ? [6, 4] : [4, 6],
    );
  });

  it.each([0, 1] as const)('gathers a table cut into bands along axis %i', async (axis) => {
    const { backend } = subject;
    const x = new Random(4).normals(33 * 33);
    const whole = subject.operand([33, 33], 'bf16', x);
    const value = reference.entries(whole.values, 33);
    const picks = Uint32Array.from(new Random(5).uniforms(50, 0, 33), Math.floor);
    picks[49] = 33;
    const into = subject.values(axis === 0 ? [50, 33] : [33, 50], new Float64Array(1650).fill(-2)).tensor;
    for (const [start, end] of [
      [0, 10],
      [10, 11],
      [11, 33],
    ] as const) {
      const size = end - start;
      const band =
        axis === 0
          ? subject.operand([size, 33], 'bf16', x.slice(start * 33, end * 33))
          : subject.operand(
              [33, size],
              'bf16',
              reference.tabulate(33, size, (i, j) => x[i * 33 + start + j] ?? NaN),
            );
      const options = { axis, offset: start, into };
      expect(backend.gather(band.tensor, subject.indices(picks), options)).toBe(into);
    }
    const picked = (r: number, i: number) => {
      const pick = picks[r] ?? NaN;
      return pick === 33 ? -2 : axis === 0 ? value(pick, i) : value(i, pick);
    };
    await subject.expectExactly(
      into,
      axis === 0
        ? reference.tabulate(50, 33, (r, i) => picked(r, i))
        : reference.tabulate(33, 50, (i, r) => picked(r, i)),
    );
  });

  it.each(PACKABLE.flatMap((dtype) => [1, 7, 2049].map((size) => [dtype, size] as const)))(
    'finds the extent of %s [%i]',
    async (dtype, size) => {
      for (const shift of [-9, 0, 9]) {
        const shifted = new Random(size).normals(size).map((x) => x + shift);
        const x = subject.operand([size], dtype, shifted);
        const expected = [Math.min(...x.values), Math.max(...x.values)];
        await subject.expectExactly(subject.backend.extent(x.tensor), expected, [2]);
      }
    },
  );

  it.each([1, 7, 2049])('finds the largest difference of %i entries', async (size) => {
    const { backend } = subject;
    const x = subject.operand([size], 'f16');
    const y = subject.operand([size], 'f32', new Random(6).normals(size));
    const differences = x.values.map((value, i) => Math.abs(value - (y.values[i] ?? NaN)));
    const close = { tolerance: 1e-6 };
    const expected = Float64Array.of(Math.max(...differences));
    await subject.expectClose(backend.maxAbsDifference(x.tensor, y.tensor), expected, close, [1]);
    await subject.expectClose(backend.maxAbsDifference(y.tensor, x.tensor), expected, close);
    await subject.expectExactly(backend.maxAbsDifference(x.tensor, x.tensor), [0]);
  });

  it.each(SIZES)('measures distances of %i rows to %i rows over %i', async (n, m, inner) => {
    const a = subject.operand([n, inner]);
    const b = subject.operand([m, inner], 'f32', new Random(7).normals(m * inner));
    const expected = reference.distances(a.values, b.values, n, m, inner);
    const result = subject.backend.pairwiseDistance(a.tensor, b.tensor, 0, n);
    await subject.expectClose(result, expected, { tolerance: DISTANCE }, [n, m]);
  });

  it.each(PACKABLE.flatMap((x) => PACKABLE.map((y) => [x, y] as const)))(
    'measures distances of %s to %s, in bands through one scratch matrix',
    async (aType, bType) => {
      const [n, m, inner] = [33, 7, 19];
      const a = subject.operand([n, inner], aType);
      const b = subject.operand([m, inner], bType, new Random(7).normals(m * inner));
      const expected = reference.distances(a.values, b.values, n, m, inner);
      const scratch = subject.values([15, m], new Float64Array(15 * m).fill(-3)).tensor;
      for (const [rowStart, rows] of [
        [0, 15],
        [15, 15],
        [30, 3],
      ] as const) {
        expect(subject.backend.pairwiseDistance(a.tensor, b.tensor, rowStart, rows, scratch)).toBe(scratch);
        const band = expected.slice(rowStart * m, (rowStart + rows) * m);
        // Rows after a short last band are undefined, and the caller ignores them.
        const first = subject.backend.gather(scratch, subject.indices([...Array(rows).keys()]));
        await subject.expectClose(first, band, { tolerance: DISTANCE });
      }
    },
  );

  it('measures exactly zero between equal rows', async () => {
    const { tensor } = subject.operand([33, 129], 'bf16');
    const again = subject.operand([33, 129], 'bf16').tensor;
    const cost = await subject.backend.read(subject.backend.pairwiseDistance(tensor, again, 0, 33));
    for (let i = 0; i < 33; i++) expect(cost[34 * i]).toBe(0);
    expect(cost.filter((value) => value === 0).length).toBe(33);
  });

  it('measures small distances between large rows', async () => {
    const [n, inner] = [33, 129];
    const random = new Random(9);
    const base = random.normals(n * inner, 100);
    const a = subject.operand([n, inner], 'f32', base);
    const b = subject.operand(
      [n, inner],
      'f32',
      base.map((value) => value * (1 + 1e-4 * random.normal())),
    );
    const expected = reference.distances(a.values, b.values, n, n, inner);
    const result = subject.backend.pairwiseDistance(a.tensor, b.tensor, 0, n);
    await subject.expectClose(result, expected, { tolerance: DISTANCE });
  });
}
