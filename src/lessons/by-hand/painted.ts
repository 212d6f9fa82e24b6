import {
  COSTS,
  type Matrix,
  SIZE,
  columnSums,
  entryOf,
  rowSums,
  sum,
  tabulate,
  transportCost,
} from './problem';

/** Units of mass of every source, and units that every target takes. */
export const UNITS = 5;
/** Units of all sources. */
export const ALL_UNITS = UNITS * SIZE;

/** A plan painted by hand: units of mass from source i to target j, each from 0 to `UNITS`. */
export type Painted = Matrix;

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export const EMPTY: Painted = tabulate(() => 0);

/** The plan of mass 1. */
const planOf = (painted: Painted): Matrix => painted.map((row) => row.map((units) => units / ALL_UNITS));

/** Σ T·M of what is painted. */
export const costOf = (painted: Painted): number => transportCost(planOf(painted));

/** Units that every source still has, and that every target still lacks; negative where too much is painted. */
export const missing = (painted: Painted): { readonly rows: number[]; readonly columns: number[] } => ({
  rows: rowSums(painted).map((units) => UNITS - units),
  columns: columnSums(painted).map((units) => UNITS - units),
});

/** True if all marginals are met. */
export function isComplete(painted: Painted): boolean {
  const { rows, columns } = missing(painted);
  return [...rows, ...columns].every((units) => units === 0);
}

/** Number of sources whose mass goes to several targets. */
export const splitSources = (painted: Painted): number =>
  painted.filter((row) => row.filter((units) => units > 0).length > 1).length;

/** Sets the units of a cell, clamped to 0 … `UNITS`. */
export const withUnits = (painted: Painted, cell: Cell, units: number): Painted =>
  tabulate((row, column) =>
    row === cell.row && column === cell.column
      ? Math.max(0, Math.min(UNITS, Math.round(units)))
      : entryOf(painted, row, column),
  );

/** Units that a cell can take before its row or column is full. */
export function roomOf(painted: Painted, { row, column }: Cell): number {
  const { rows, columns } = missing(painted);
  return Math.max(0, Math.min(rows[row] ?? 0, columns[column] ?? 0));
}

/** Puts into a cell what its source still has and its target still lacks. */
export const poured = (painted: Painted, cell: Cell): Painted =>
  withUnits(painted, cell, entryOf(painted, cell.row, cell.column) + roomOf(painted, cell));

/** All cells, the cheapest first. */
const BY_COST: readonly Cell[] = COSTS.flatMap((row, i) =>
  row.map((_, j) => ({ row: i, column: j })),
).toSorted((a, b) => entryOf(COSTS, a.row, a.column) - entryOf(COSTS, b.row, b.column));

/** Completes a plan by the nearest pair that both still lack mass, again and again. What is too much is taken off first. */
export const completed = (painted: Painted): Painted =>
  BY_COST.reduce(poured, isOverfull(painted) ? EMPTY : painted);

const isOverfull = (painted: Painted): boolean => {
  const { rows, columns } = missing(painted);
  return [...rows, ...columns].some((units) => units < 0);
};

/** The plan that the nearest pairs make, one after another. */
export const NEAREST_FIRST: Painted = completed(EMPTY);

/** Every source sends one unit to every target. */
export const UNIFORM: Painted = tabulate(() => UNITS / SIZE);

/** The plan that pairs source i with target `targets[i]`. */
export const pairing = (targets: readonly number[]): Painted =>
  tabulate((row, column) => (targets[row] === column ? UNITS : 0));

function* permutations(rest: readonly number[], begun: readonly number[] = []): Generator<readonly number[]> {
  if (rest.length === 0) yield begun;
  for (const next of rest)
    yield* permutations(
      rest.filter((other) => other !== next),
      [...begun, next],
    );
}

/** All one-to-one pairings, the cheapest first: target of every source, and cost. */
export const PAIRINGS = [...permutations([...COSTS.keys()])]
  .map((targets) => ({ targets, cost: sum(targets.map((j, i) => entryOf(COSTS, i, j))) / SIZE }))
  .toSorted((a, b) => a.cost - b.cost);

/** The cheapest pairing. No plan is cheaper, because every plan is a mean of pairings (Birkhoff, 1946). */
export const OPTIMUM = PAIRINGS[0] ?? { targets: [], cost: 0 };

/** True if a complete plan costs as little as the optimum. */
export const isOptimal = (painted: Painted): boolean =>
  isComplete(painted) && costOf(painted) - OPTIMUM.cost < 1e-9;

/** The cheapest plan that sends two units of some sources elsewhere than the optimum: a mean of the two cheapest pairings. */
export const SPLIT: Painted = (() => {
  const [first, second] = PAIRINGS.map(({ targets }) => pairing(targets));
  return tabulate((row, column) => {
    const [a, b] = [first, second].map((plan) => (plan ? entryOf(plan, row, column) : 0));
    return (3 * (a ?? 0) + 2 * (b ?? 0)) / UNITS;
  });
})();
