import { describe, expect, it } from 'vitest';
import { syntheticProblem } from '../problem';
import * as reference from '../reference';
import type { Subject } from '../subject';

/** Relative to a pixel; for a plan times the largest exponent. */
const PIXEL = 1e-6;

/** Window of a 33 × 129 matrix, then height and width of its picture. */
const CASES = [
  ['all, entry by entry', [0, 33, 0, 129], [33, 129]],
  ['all, in one pixel', [0, 33, 0, 129], [1, 1]],
  ['all, pooled unevenly', [0, 33, 0, 129], [7, 10]],
  ['a corner', [26, 33, 100, 129], [3, 8]],
  ['the middle', [5, 28, 17, 90], [9, 31]],
  ['more pixels than entries', [3, 10, 60, 65], [16, 12]],
  ['one entry', [32, 33, 128, 129], [2, 3]],
  ['more pixels one way only', [0, 33, 4, 9], [8, 11]],
] as const;

export function pictureSuite(subject: Subject): void {
  describe.each([1, 2, 3])('in %i bands', (pieces) => {
    it.each(CASES)('pools cost and plan: %s', async (_, [top, bottom, left, right], [height, width]) => {
      const { backend } = subject;
      const epsilon = 0.3;
      const problem = syntheticProblem(subject, 33, 129, epsilon);
      const window = { rowStart: top, rowEnd: bottom, columnStart: left, columnEnd: right };
      const [rows, columns] = [bottom - top, right - left];
      for (const values of [problem.cost, reference.plan(problem)]) {
        const isPlan = values !== problem.cost;
        const entry = reference.entries(values, 129);
        const inside = reference.tabulate(rows, columns, (i, j) => entry(top + i, left + j));
        const expected = reference.pooled(inside, rows, columns, height, width);
        const exponent = isPlan ? problem.size / epsilon : 1;
        const into = backend.zeros([height, width, 2], 'picture');
        for (const band of problem.bands(pieces)) {
          backend.picture(band, isPlan ? problem.potentials : undefined, window, into);
        }
        const magnitude = expected.map((value) => value * exponent);
        await subject.expectClose(into, expected, { tolerance: PIXEL, magnitude });
      }
    });
  });

  describe.each([1, 3])('of differences, in %i bands', (pieces) => {
    it.each(CASES)(
      'keeps the largest magnitude: %s',
      async (_, [top, bottom, left, right], [height, width]) => {
        const { backend } = subject;
        const epsilon = 0.3;
        const make = (seed: number) => syntheticProblem(subject, 33, 129, epsilon, seed);
        const [problem, other] = [make(1), make(5)];
        const window = { rowStart: top, rowEnd: bottom, columnStart: left, columnEnd: right };
        const [rows, columns] = [bottom - top, right - left];
        const plans = [reference.plan(problem), reference.plan(other)];
        // Plan − plan, cost − cost and plan − cost.
        for (const [isPlan, otherIsPlan] of [
          [true, true],
          [false, false],
          [true, false],
        ] as const) {
          const values = reference.entries(isPlan ? plans[0]! : problem.cost, 129);
          const taken = reference.entries(otherIsPlan ? plans[1]! : other.cost, 129);
          const inside = reference.tabulate(
            rows,
            columns,
            (i, j) => values(top + i, left + j) - taken(top + i, left + j),
          );
          const size = reference.tabulate(
            rows,
            columns,
            (i, j) => values(top + i, left + j) + taken(top + i, left + j),
          );
          const expected = reference.pooledDifference(inside, rows, columns, height, width);
          const magnitude = reference
            .pooled(size, rows, columns, height, width)
            .map((value) => (isPlan || otherIsPlan ? (value * problem.size) / epsilon : value));
          const into = backend.zeros([height, width, 2], 'picture');
          const others = other.bands(pieces);
          for (const [i, band] of problem.bands(pieces).entries()) {
            const cost = others[i]?.cost ?? band.cost;
            backend.picture(band, isPlan ? problem.potentials : undefined, window, into, {
              cost,
              potentials: otherIsPlan ? other.potentials : undefined,
            });
          }
          await subject.expectClose(into, expected, { tolerance: PIXEL, magnitude });
        }
      },
    );
  });

  it('finds no difference of a plan to itself', async () => {
    const { backend } = subject;
    const problem = syntheticProblem(subject, 7, 33, 0.2);
    const into = backend.zeros([3, 5, 2], 'picture');
    const window = { rowStart: 0, rowEnd: 7, columnStart: 0, columnEnd: 33 };
    for (const band of problem.bands(2)) {
      const { potentials } = problem;
      backend.picture(band, potentials, window, into, { cost: band.cost, potentials });
    }
    await subject.expectExactly(into, new Float64Array(30));
  });

  it('leaves the picture alone where the band does not meet the window', async () => {
    const { backend } = subject;
    const band = { cost: subject.operand([4, 5]).tensor, rowStart: 8, rows: 4 };
    const into = subject.values([2, 2, 2], new Float64Array(8).fill(3)).tensor;
    for (const rowStart of [0, 12]) {
      const window = { rowStart, rowEnd: rowStart + 8, columnStart: 0, columnEnd: 5 };
      backend.picture(band, undefined, window, into);
    }
    await subject.expectExactly(into, new Float64Array(8).fill(3));
  });

  it('keeps the mass of the plan', async () => {
    const { backend } = subject;
    const problem = syntheticProblem(subject, 32, 64, 0.5);
    const into = backend.zeros([4, 8, 2], 'picture');
    const window = { rowStart: 0, rowEnd: 32, columnStart: 0, columnEnd: 64 };
    for (const band of problem.bands(3)) backend.picture(band, problem.potentials, window, into);
    const pixels = await backend.read(into);
    const mass = reference.sum(32, (pixel) => 64 * (pixels[2 * pixel + 1] ?? NaN));
    const expected = reference.plan(problem).reduce((total, entry) => total + entry, 0);
    expect(Math.abs(mass / expected - 1)).toBeLessThan(2e-5);
  });
}
