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

/** Sinkhorn's algorithm on the small problem: the kernel exp(−M/ε), its columns and rows scaled in turn, in float64. */
export interface Scaling {
  readonly epsilon: number;
  readonly halfSteps: number;
  /** Factors of the rows and of the columns. */
  readonly u: readonly number[];
  readonly v: readonly number[];
}

/** What every row and every column of the plan must sum to. */
export const MARGINAL = 1 / SIZE;

/** Below this error, as a share of the mass that lies wrong, the bars are called level. */
export const LEVEL = 0.005;

const kernel = (epsilon: number): number[][] =>
  tabulate((row, column) => Math.exp(-entryOf(COSTS, row, column) / epsilon));

/** The start: the kernel, divided by its sum, so that the mass is 1. */
export function scalingStart(epsilon: number): Scaling {
  const total = sum(rowSums(kernel(epsilon)));
  const ones = COSTS.map(() => 1);
  return { epsilon, halfSteps: 0, u: ones.map((one) => one / total), v: ones };
}

/** What the next half-step scales: columns, then rows, in turn. */
export const nextSide = ({ halfSteps }: Scaling): 'columns' | 'rows' =>
  halfSteps % 2 === 0 ? 'columns' : 'rows';

/** The plan u_i · exp(−M_ij/ε) · v_j. */
export function scaledPlan({ epsilon, u, v }: Scaling): Matrix {
  const k = kernel(epsilon);
  return tabulate((row, column) => (u[row] ?? 0) * entryOf(k, row, column) * (v[column] ?? 0));
}

/** One half-step: every column, or every row, is scaled to its marginal. */
export function halfStep(scaling: Scaling): Scaling {
  const plan = scaledPlan(scaling);
  const halfSteps = scaling.halfSteps + 1;
  const scale = (factors: readonly number[], sums: readonly number[]): number[] =>
    factors.map((factor, k) => (factor * MARGINAL) / (sums[k] ?? 1));
  return nextSide(scaling) === 'columns'
    ? { ...scaling, halfSteps, v: scale(scaling.v, columnSums(plan)) }
    : { ...scaling, halfSteps, u: scale(scaling.u, rowSums(plan)) };
}

/** The same ε after `halfSteps` half-steps. */
export function scaledTo(epsilon: number, halfSteps: number): Scaling {
  let scaling = scalingStart(epsilon);
  while (scaling.halfSteps < halfSteps) scaling = halfStep(scaling);
  return scaling;
}

/** Half-steps until the bars are level; at most `most`. */
export function halfStepsToLevel(epsilon: number, most = 1000): number {
  let scaling = scalingStart(epsilon);
  while (scaling.halfSteps < most && marginalErrors(scaling).all > LEVEL) scaling = halfStep(scaling);
  return scaling.halfSteps;
}

/** L1 distances of row sums and column sums from the marginals, and their sum. */
export function marginalErrors(scaling: Scaling): { rows: number; columns: number; all: number } {
  const plan = scaledPlan(scaling);
  const off = (sums: readonly number[]): number => sum(sums.map((value) => Math.abs(value - MARGINAL)));
  const [rows, columns] = [off(rowSums(plan)), off(columnSums(plan))];
  return { rows, columns, all: rows + columns };
}

/** exp of the mean entropy of the rows: how many targets a source has on average, from 1 to `SIZE`. */
export function partners(plan: Matrix): number {
  const entropy = plan.map((row) => {
    const mass = sum(row);
    return -sum(row.map((value) => (value > 0 ? (value / mass) * Math.log(value / mass) : 0)));
  });
  return Math.exp(sum(entropy) / SIZE);
}

/** Mass, costs and errors of a scaling, for the words of a lesson. */
export function measuresOf(scaling: Scaling) {
  const plan = scaledPlan(scaling);
  const { rows, columns, all } = marginalErrors(scaling);
  return {
    cost: transportCost(plan),
    rowError: rows,
    columnError: columns,
    error: all,
    partners: partners(plan),
  };
}
