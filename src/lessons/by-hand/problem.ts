/** A transport problem in the plane, small enough to be solved by hand. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Five sources and five targets in a rectangle of width 1 and height `HEIGHT`; y grows downwards. */
export const SOURCES: readonly Point[] = [
  { x: 0.7, y: 0.1 },
  { x: 0.4, y: 0.5 },
  { x: 0.4, y: 0.3 },
  { x: 0.55, y: 0.2 },
  { x: 0.05, y: 0.4 },
];
export const TARGETS: readonly Point[] = [
  { x: 0.85, y: 0.3 },
  { x: 0.7, y: 0.25 },
  { x: 0.25, y: 0.15 },
  { x: 0.25, y: 0.55 },
  { x: 0.6, y: 0.6 },
];
export const HEIGHT = 0.68;

/** Sources, and targets. */
export const SIZE = SOURCES.length;

/** A matrix as an array of rows: sources down, targets across. */
export type Matrix = readonly (readonly number[])[];

/** M_ij: the distance from source i to target j. */
export const COSTS: Matrix = SOURCES.map((source) =>
  TARGETS.map((target) => Math.hypot(source.x - target.x, source.y - target.y)),
);

/** Builds a matrix from a function of row and column. */
export const tabulate = (entry: (row: number, column: number) => number): number[][] =>
  Array.from({ length: SIZE }, (_, row) => Array.from({ length: SIZE }, (__, column) => entry(row, column)));

export const entryOf = (matrix: Matrix, row: number, column: number): number => matrix[row]?.[column] ?? 0;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const rowSums = (matrix: Matrix): number[] => matrix.map(sum);

export const columnSums = (matrix: Matrix): number[] =>
  Array.from({ length: SIZE }, (_, column) => sum(matrix.map((row) => row[column] ?? 0)));

/** Σ T·M of a plan. */
export const transportCost = (plan: Matrix, costs: Matrix = COSTS): number =>
  sum(plan.map((row, i) => sum(row.map((mass, j) => mass * entryOf(costs, i, j)))));

/** Names of points: sources 1 to 5, targets a to e. */
export const sourceName = (row: number): string => String(row + 1);
export const targetName = (column: number): string => 'abcde'[column] ?? '';
