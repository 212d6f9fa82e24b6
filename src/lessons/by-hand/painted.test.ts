import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign } from '../../transport/assignment';
import {
  ALL_UNITS,
  EMPTY,
  NEAREST_FIRST,
  OPTIMUM,
  PAIRINGS,
  SPLIT,
  UNIFORM,
  UNITS,
  completed,
  costOf,
  isComplete,
  isOptimal,
  missing,
  pairing,
  poured,
  roomOf,
  splitSources,
  withUnits,
} from './painted';
import { COSTS, HEIGHT, SIZE, SOURCES, TARGETS, sum, tabulate } from './problem';

test('the optimum is the exact assignment, and the only one', async () => {
  const { assignment, cost } = await assign(Float64Array.from(COSTS.flat()), SIZE, SIZE);
  expect(PAIRINGS).toHaveLength(120);
  expect(new Set(PAIRINGS.map(({ targets }) => targets.join()))).toHaveLength(120);
  expect([...assignment]).toEqual(OPTIMUM.targets);
  expect(OPTIMUM.cost).toBeCloseTo(cost, 14);
  expect(costOf(pairing(OPTIMUM.targets))).toBeCloseTo(cost, 14);
  expect((PAIRINGS[1]?.cost ?? 0) / cost).toBeGreaterThan(1.05);
});

test('no plan is cheaper than the optimum: dual potentials prove it', () => {
  // Optimal potentials by Bellman and Ford on the residual graph: f_i + g_j ≤ M_ij everywhere, with equality on the pairs.
  const g = TARGETS.map(() => 0);
  const cost = (i: number, j: number): number => COSTS[i]?.[j] ?? Number.NaN;
  for (let round = 0; round < SIZE; round++)
    for (const [i, j] of OPTIMUM.targets.entries())
      for (const k of TARGETS.keys()) g[k] = Math.min(g[k] ?? 0, (g[j] ?? 0) + cost(i, k) - cost(i, j));
  const f = OPTIMUM.targets.map((j, i) => cost(i, j) - (g[j] ?? 0));
  for (const [i, row] of COSTS.entries())
    for (const [j, value] of row.entries())
      expect((f[i] ?? 0) + (g[j] ?? 0)).toBeLessThanOrEqual(value + 1e-12);
  expect((sum(f) + sum(g)) / SIZE).toBeCloseTo(OPTIMUM.cost, 12);
});

test('nearest pairs first is complete, one to one, and dearer by a quarter', () => {
  expect(isComplete(NEAREST_FIRST)).toBe(true);
  expect(splitSources(NEAREST_FIRST)).toBe(0);
  expect(costOf(NEAREST_FIRST) / OPTIMUM.cost).toBeGreaterThan(1.25);
  expect(isOptimal(NEAREST_FIRST)).toBe(false);
  expect(isOptimal(pairing(OPTIMUM.targets))).toBe(true);
});

test('a split plan costs a mean of its pairings, the uniform one the mean of all costs', () => {
  const [first, second] = PAIRINGS.map(({ cost }) => cost);
  expect(isComplete(SPLIT)).toBe(true);
  expect(splitSources(SPLIT)).toBe(2);
  expect(costOf(SPLIT)).toBeCloseTo(0.6 * (first ?? 0) + 0.4 * (second ?? 0), 14);
  expect(isComplete(UNIFORM)).toBe(true);
  expect(costOf(UNIFORM)).toBeCloseTo(sum(COSTS.flat()) / SIZE ** 2, 14);
});

const painting = fc
  .array(fc.integer({ min: 0, max: UNITS }), { minLength: SIZE ** 2, maxLength: SIZE ** 2 })
  .map((units) => tabulate((row, column) => units[row * SIZE + column] ?? 0));
const cell = fc.record({ row: fc.nat(SIZE - 1), column: fc.nat(SIZE - 1) });

test('painting sets one cell and clamps its units', () => {
  fc.assert(
    fc.property(painting, cell, fc.integer({ min: -9, max: 9 }), (painted, at, units) => {
      const after = withUnits(painted, at, units);
      for (const [i, row] of after.entries())
        for (const [j, value] of row.entries())
          expect(value).toBe(
            i === at.row && j === at.column ? Math.max(0, Math.min(UNITS, units)) : painted[i]?.[j],
          );
    }),
  );
});

test('pouring never overfills, and completing completes', () => {
  fc.assert(
    fc.property(painting, cell, (painted, at) => {
      const room = roomOf(painted, at);
      const rest = missing(poured(painted, at));
      const before = missing(painted);
      expect(rest.rows[at.row]).toBe((before.rows[at.row] ?? 0) - room);
      if (room > 0) expect(rest.columns[at.column]).toBeGreaterThanOrEqual(0);
      expect(isComplete(completed(painted))).toBe(true);
    }),
  );
  expect(missing(EMPTY)).toEqual({ rows: [5, 5, 5, 5, 5], columns: [5, 5, 5, 5, 5] });
  expect(ALL_UNITS).toBe(25);
});

test('all points lie apart and inside the picture', () => {
  const points = [...SOURCES, ...TARGETS];
  for (const [i, a] of points.entries()) {
    expect(a.x > 0 && a.x < 1 && a.y > 0 && a.y < HEIGHT).toBe(true);
    for (const b of points.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(0.14);
  }
});
