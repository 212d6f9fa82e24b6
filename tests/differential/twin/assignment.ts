import { at, type Matrix } from './matrix';

/** Assignments whose costs differ by less than this share of the largest cost may change places by rounding in float32. */
const TIE = 3e-5;

/**
 * Returns the column of every row in the assignment of least cost: the Hungarian method with potentials, row by row (Kuhn 1955; Munkres
 * 1957), in float64. Square matrices only. If another assignment costs the same, up to rounding, all are NaN: none is right alone.
 */
export function cheapest(cost: Matrix): number[] {
  const n = cost.rows;
  // Nothing is cheapest among numbers that are not.
  if (!cost.values.every(Number.isFinite)) return Array.from({ length: n }, () => Number.NaN);
  const { columns, u, v } = optimum(cost);
  const most = cost.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const extra = (i: number, k: number): number => {
    const column = columns[k] as number;
    return at(cost, i, column) - (u[i + 1] as number) - (v[column + 1] as number);
  };
  return n === 1 || secondBest(n, extra) > TIE * most ? columns : columns.map(() => Number.NaN);
}

/** Returns the least cost of all assignments. */
export const leastCost = (cost: Matrix): number =>
  cost.values.every(Number.isFinite)
    ? optimum(cost).columns.reduce((sum, column, row) => sum + at(cost, row, column), 0)
    : Number.NaN;

/** The columns of an assignment of least cost, with the potentials of rows and columns (from 1) that prove it. */
function optimum(cost: Matrix): { columns: number[]; u: Float64Array; v: Float64Array } {
  const n = cost.rows;
  const [u, v] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  /** Row of every column, both from 1; column 0 holds the row that is being placed. */
  const rowOf = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    const before = new Int32Array(n + 1);
    const slack = new Float64Array(n + 1).fill(Infinity);
    const done = new Uint8Array(n + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      done[column] = 1;
      const placed = rowOf[column] as number;
      let [step, next] = [Infinity, 0];
      for (let j = 1; j <= n; j++) {
        if (done[j]) continue;
        const reduced = at(cost, placed - 1, j - 1) - (u[placed] as number) - (v[j] as number);
        if (reduced < (slack[j] as number)) {
          slack[j] = reduced;
          before[j] = column;
        }
        if ((slack[j] as number) < step) [step, next] = [slack[j] as number, j];
      }
      for (let j = 0; j <= n; j++) {
        if (done[j]) {
          u[rowOf[j] as number]! += step;
          v[j]! -= step;
        } else slack[j]! -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const from = before[column] as number;
      rowOf[column] = rowOf[from] as number;
      column = from;
    }
  }
  const columns = Array.from({ length: n }, () => 0);
  for (let j = 1; j <= n; j++) columns[(rowOf[j] as number) - 1] = j - 1;
  return { columns, u, v };
}

/**
 * Returns how much more the second-best assignment costs: the cheapest cycle in which rows take each other's columns. `extra(i, k)` is
 * what row i pays more for the column of row k.
 */
function secondBest(n: number, extra: (i: number, k: number) => number): number {
  const path = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, k) => extra(i, k)));
  for (const through of path.keys())
    for (const row of path)
      for (let k = 0; k < n; k++)
        row[k] = Math.min(row[k] as number, (row[through] as number) + (path[through]?.[k] as number));
  let least = Infinity;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < i; k++) least = Math.min(least, (path[i]?.[k] as number) + (path[k]?.[i] as number));
  return least;
}
