import { at, type Matrix, tabulated } from './matrix';
import { Rounding, UNIT } from './rounding';

export interface Potentials {
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/** How far a solver went: what a backend reports, because where rounding ends a solve is no error. */
export interface Stop {
  readonly iterations: number;
  readonly tolerance: number;
}

const EXACT = new Rounding();

/** T_ij = exp((f_i + g_j − M_ij)/ε). */
export const planOf = (
  cost: Matrix,
  { f, g }: Potentials,
  epsilon: number,
  rounding: Rounding = EXACT,
): Matrix =>
  tabulated(cost.rows, cost.columns, (i, j) => {
    const [x, y, z] = [f[i] as number, g[j] as number, at(cost, i, j)];
    const terms = (6 * (Math.abs(x) + Math.abs(y) + Math.abs(z))) / epsilon + 12;
    return Math.max(0, rounding.near(Math.exp((x + y - z) / epsilon), terms));
  });

/** The largest |f_i| + |g_j| + |M_ij|. */
export const largestExponent = (cost: Matrix, { f, g }: Potentials): number =>
  tabulated(
    cost.rows,
    cost.columns,
    (i, j) => Math.abs(f[i] as number) + Math.abs(g[j] as number) + Math.abs(at(cost, i, j)),
  ).values.reduce((most, size) => Math.max(most, size), 0);

export function marginalsOf(plan: Matrix): { rows: Float64Array; columns: Float64Array } {
  const rows = new Float64Array(plan.rows);
  const columns = new Float64Array(plan.columns);
  for (let i = 0; i < plan.rows; i++)
    for (let j = 0; j < plan.columns; j++) {
      rows[i]! += at(plan, i, j);
      columns[j]! += at(plan, i, j);
    }
  return { rows, columns };
}

/** Σ_j |Σ_i T_ij − 1/m|. */
export const columnError = (plan: Matrix): number =>
  marginalsOf(plan).columns.reduce((sum, mass) => sum + Math.abs(mass - 1 / plan.columns), 0);

/** The updates of docs/method.md 9.2, damped for unbalanced transport (9.6). */
class Updates {
  readonly #cost: Matrix;
  readonly #rounding: Rounding;
  readonly #most: number;

  constructor(cost: Matrix, rounding: Rounding) {
    this.#cost = cost;
    this.#rounding = rounding;
    this.#most = cost.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }

  rows(g: Float64Array, epsilon: number, damping = 1): Float64Array {
    const { rows, columns } = this.#cost;
    return this.#update(rows, columns, (i, j) => (g[j] as number) - at(this.#cost, i, j), epsilon, damping);
  }

  columns(f: Float64Array, epsilon: number, damping = 1): Float64Array {
    const { rows, columns } = this.#cost;
    return this.#update(columns, rows, (j, i) => (f[i] as number) - at(this.#cost, i, j), epsilon, damping);
  }

  #update(
    count: number,
    others: number,
    exponent: (own: number, other: number) => number,
    epsilon: number,
    damping: number,
  ): Float64Array {
    return Float64Array.from({ length: count }, (_, own) => {
      let most = -Infinity;
      for (let k = 0; k < others; k++) most = Math.max(most, exponent(own, k));
      let sum = 0;
      for (let k = 0; k < others; k++) sum += Math.exp((exponent(own, k) - most) / epsilon);
      const potential = damping * (-epsilon * Math.log(count) - most - epsilon * Math.log(sum));
      // Rounded: the exponents (potentials and costs in units of ε), the exponentials, their sum, its logarithm and the result.
      return this.#rounding.near(
        potential,
        1,
        6 * (Math.abs(potential) + Math.abs(most) + this.#most) + epsilon * (others + 24),
      );
    });
  }
}

/** ε of every stage of ε-scaling (docs/method.md 9.3), the requested one last. */
function stagesOf(cost: Matrix, epsilon: number, maxIterations: number): { stages: number[]; cap: number } {
  const most = cost.values.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = cost.values.reduce((a, b) => Math.min(a, b), Infinity);
  const larger: number[] = [];
  if ((most - least) / epsilon > 80)
    for (let current = most; current > epsilon; current /= 2) larger.push(current);
  const cap = larger.length === 0 ? 0 : Math.min(50, Math.floor(maxIterations / 2 / larger.length));
  return cap < 1 ? { stages: [epsilon], cap: 0 } : { stages: [...larger, epsilon], cap };
}

/** Stands for a solution that the twin does not find, and so nothing is compared with. */
const unknown = ({ rows, columns }: Matrix): Potentials => ({
  f: new Float64Array(rows).fill(Number.NaN),
  g: new Float64Array(columns).fill(Number.NaN),
});

/** Plain Sinkhorn for as many iterations as `stop` says, stage by stage. */
export function iterated(
  cost: Matrix,
  epsilon: number,
  stop: Stop & { readonly maxIterations: number },
  start: Potentials,
  rounding: Rounding,
): Potentials {
  const updates = new Updates(cost, rounding);
  let { f, g } = start;
  const { stages, cap } = stagesOf(cost, epsilon, stop.maxIterations);
  let left = stop.iterations;
  for (const [s, current] of stages.entries()) {
    const most = s === stages.length - 1 ? left : Math.min(cap, left);
    const tolerance = s === stages.length - 1 ? 0 : 1e-2;
    for (let done = 0; done < most; done++, left--) {
      if (columnError(planOf(cost, { f, g }, current)) <= tolerance) break;
      g = updates.columns(f, current);
      f = updates.rows(g, current);
    }
  }
  return { f, g };
}

/**
 * The fixed point of balanced Sinkhorn: iterations from large ε down, then Newton's method on the column potentials. A perturbed twin
 * adds what a marginal error of `tolerance` leaves in the direction that iterations correct most slowly.
 */
export function fixedPoint(cost: Matrix, epsilon: number, tolerance: number, rounding: Rounding): Potentials {
  const exact = new Updates(cost, EXACT);
  const most = cost.values.reduce((a, b) => Math.max(a, b), 0);
  if (!Number.isFinite(most / epsilon)) return unknown(cost);
  let g: Float64Array = new Float64Array(cost.columns);
  let f = exact.rows(g, epsilon);
  for (let current = Math.max(most, epsilon); ; current = Math.max(epsilon, current / 2)) {
    for (let k = 0; k < 30; k++) {
      g = exact.columns(f, current);
      f = exact.rows(g, current);
    }
    if (current === epsilon) break;
  }
  let error = columnError(planOf(cost, { f, g }, epsilon));
  for (let step = 0; step < 60 && error > 1e-13; step++) {
    const plan = planOf(cost, { f, g }, epsilon);
    const lacking = marginalsOf(plan).columns.map((mass) => 1 / cost.columns - mass);
    const direction = solved(jacobian(plan), lacking)?.map((value) => value * epsilon);
    let moved = false;
    for (let length = 1; length > 1e-4; length /= 2) {
      if (!direction) break;
      const tried = g.map((value, j) => value + length * (direction[j] as number));
      const rows = exact.rows(tried, epsilon);
      const reached = columnError(planOf(cost, { f: rows, g: tried }, epsilon));
      if (!(reached < error)) continue;
      [g, f, error, moved] = [tried, rows, reached, true];
      break;
    }
    if (moved) continue;
    for (let k = 0; k < 50; k++) {
      g = exact.columns(f, epsilon);
      f = exact.rows(g, epsilon);
    }
    error = columnError(planOf(cost, { f, g }, epsilon));
  }
  if (error > 1e-9) return unknown(cost);
  if (rounding.exact) return { f, g };
  const plan = planOf(cost, { f, g }, epsilon);
  const matrix = jacobian(plan);
  let slow: Float64Array = Float64Array.from({ length: cost.columns }, () => rounding.sign());
  for (let k = 0; k < 3; k++) slow = unitSum(solved(matrix, unitSum(slow)) ?? slow);
  // Float32 adds a marginal error of its own: that of the exponents (docs/method.md 9.2).
  const floor = UNIT * (6 * (most / epsilon) + cost.rows + cost.columns + 24);
  const size = tolerance + floor;
  const other = unitSum(Float64Array.from({ length: cost.columns }, () => rounding.sign()));
  const way = solved(
    matrix,
    slow.map((value, j) => size * (value + (other[j] as number))),
  );
  const shifted = g.map((value, j) => value + epsilon * (way?.[j] ?? Number.NaN));
  return { f: new Updates(cost, rounding).rows(shifted, epsilon), g: shifted };
}

/** The fixed point of unbalanced Sinkhorn with marginals relaxed by ρ (docs/method.md 9.6). */
export function relaxedPoint(
  cost: Matrix,
  epsilon: number,
  rho: number,
  tolerance: number,
  rounding: Rounding,
): Potentials {
  const exact = new Updates(cost, EXACT);
  const damping = rho / (rho + epsilon);
  if (!Number.isFinite(damping)) return unknown(cost);
  let f: Float64Array = new Float64Array(cost.rows);
  let g: Float64Array = new Float64Array(cost.columns);
  let [change, rate] = [Infinity, 0];
  for (let k = 0; k < 200 && change > 1e-13; k++) {
    const before = f;
    g = exact.columns(f, epsilon, damping);
    f = exact.rows(g, epsilon, damping);
    // The best constant between f and g does not change the plan and maximises the dual.
    const shift = (rho / 2) * (logMean(f, -1 / rho) - logMean(g, -1 / rho));
    f = f.map((value) => value + shift);
    g = g.map((value) => value - shift);
    const now =
      f.reduce((most, value, i) => Math.max(most, Math.abs(value - (before[i] as number))), 0) / epsilon;
    if (now > 1e-10) rate = Math.min(1 - 1e-9, now / change);
    change = now;
  }
  const found = maximisedDual(cost, { f, g }, epsilon, rho);
  if (!found) return unknown(cost);
  ({ f, g } = found);
  if (rounding.exact) return { f, g };
  const rounded = new Updates(cost, rounding);
  const left = (epsilon * tolerance) / (1 - rate);
  f = f.map((value) => value + left * rounding.sign());
  g = rounded.columns(f, epsilon, damping);
  return { f: rounded.rows(g, epsilon, damping), g };
}

/** Newton's method on the dual: its slopes are what the relaxed marginals a·e^(−f/ρ) and b·e^(−g/ρ) lack of the plan's. */
function maximisedDual(
  cost: Matrix,
  start: Potentials,
  epsilon: number,
  rho: number,
): Potentials | undefined {
  const [n, m] = [cost.rows, cost.columns];
  const slopesAt = (x: Float64Array): { slopes: Float64Array; plan: Matrix; wanted: Float64Array } => {
    const plan = planOf(cost, { f: x.subarray(0, n), g: x.subarray(n) }, epsilon);
    const { rows, columns } = marginalsOf(plan);
    const wanted = x.map((value, i) => Math.exp(-value / rho) / (i < n ? n : m));
    const slopes = wanted.map((mass, i) => mass - ((i < n ? rows[i] : columns[i - n]) as number));
    return { slopes, plan, wanted };
  };
  const size = (slopes: Float64Array): number => slopes.reduce((sum, slope) => sum + Math.abs(slope), 0);
  let x = Float64Array.of(...start.f, ...start.g);
  let here = slopesAt(x);
  for (let step = 0; step < 60 && size(here.slopes) > 1e-14; step++) {
    const { plan, wanted, slopes } = here;
    const { rows, columns } = marginalsOf(plan);
    const matrix = tabulated(n + m, n + m, (i, j) => {
      if (i === j)
        return (wanted[i] as number) / rho + ((i < n ? rows[i] : columns[i - n]) as number) / epsilon;
      if (i < n === j < n) return 0;
      return (i < n ? at(plan, i, j - n) : at(plan, j, i - n)) / epsilon;
    });
    const way = solved(matrix, slopes);
    let better = false;
    for (let length = 1; length > 1e-4 && !better; length /= 2) {
      if (!way) break;
      const tried = x.map((value, i) => value + length * (way[i] as number));
      const there = slopesAt(tried);
      better = size(there.slopes) < size(here.slopes);
      if (better) [x, here] = [tried, there];
    }
    if (!better) break;
  }
  return size(here.slopes) < 1e-10 ? { f: x.slice(0, n), g: x.slice(n) } : undefined;
}

function logMean(values: Float64Array, scale: number): number {
  const most = values.reduce((largest, value) => Math.max(largest, scale * value), -Infinity);
  return (
    most + Math.log(values.reduce((sum, value) => sum + Math.exp(scale * value - most), 0) / values.length)
  );
}

/** Derivative of the column sums by g/ε, with rows kept exact, made regular along the constant that changes nothing. */
function jacobian(plan: Matrix): Matrix {
  const { rows, columns } = marginalsOf(plan);
  const n = plan.columns;
  return tabulated(n, n, (j, k) => {
    let sum = j === k ? (columns[j] as number) : 0;
    for (let i = 0; i < plan.rows; i++) sum -= (at(plan, i, j) * at(plan, i, k)) / (rows[i] as number);
    return sum + 1 / (n * n);
  });
}

const centred = (values: Float64Array): Float64Array => {
  const centre = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((value) => value - centre);
};

const unitSum = (values: Float64Array): Float64Array => {
  const total = centred(values).reduce((sum, value) => sum + Math.abs(value), 0);
  return total === 0 ? values : centred(values).map((value) => value / total);
};

/** Solves A·x = b by elimination with pivots; undefined for a singular A. */
function solved(matrix: Matrix, right: Float64Array): Float64Array | undefined {
  const n = matrix.rows;
  const rows = Array.from({ length: n }, (_, i) =>
    Float64Array.of(...matrix.values.subarray(i * n, (i + 1) * n), right[i] as number),
  );
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++)
      if (Math.abs(rows[i]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = i;
    const [top, other] = [rows[pivot]!, rows[column]!];
    if (!(Math.abs(top[column] as number) > 1e-300)) return undefined;
    rows[column] = top;
    rows[pivot] = other;
    for (let i = column + 1; i < n; i++) {
      const row = rows[i]!;
      const factor = (row[column] as number) / (top[column] as number);
      if (factor === 0) continue;
      for (let k = column; k <= n; k++) row[k]! -= factor * (top[k] as number);
    }
  }
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i]!;
    let sum = row[n] as number;
    for (let k = i + 1; k < n; k++) sum -= (row[k] as number) * (x[k] as number);
    x[i] = sum / (row[i] as number);
  }
  return x;
}
