import type { Recipe } from '../../../src/recipe/schema';
import { normals } from '../../../src/transport/random';
import { cheapest, leastCost } from './assignment';
import { type Cost, costOf, costOfRows, type CostSettings, standardDeviation } from './cost';
import { at, type Matrix, mixed, product, tabulated } from './matrix';
import { type Rounding, UNIT } from './rounding';
import {
  columnError,
  fixedPoint,
  iterated,
  largestExponent,
  marginalsOf,
  planOf,
  relaxedPoint,
} from './sinkhorn';

/** How a method solves its problems, besides the recipe (docs/method.md 5). */
export interface Solving {
  readonly kind: 'sinkhorn' | 'exact' | 'unbalanced' | 'progot';
  /** ε is `spread`·std(M), or what a target perplexity needs. */
  readonly relative: boolean;
  readonly cost: CostSettings;
  readonly recipe: Recipe;
}

/**
 * What a backend said of its solve. The twin goes as many iterations, takes the ε that a search by perplexity found, and of several
 * assignments that cost the same up to rounding the same one.
 */
export interface Report {
  readonly iterations: number;
  readonly converged: boolean;
  readonly epsilon: number;
  /** Column of every row; only of an exact plan. */
  readonly assignment?: readonly number[] | undefined;
}

export interface TwinPlan {
  readonly plan: Matrix;
  readonly cost: Matrix;
  readonly transportCost: number;
  readonly perplexity: number;
  readonly marginalError: number;
  readonly kind: 'permutation' | 'balanced' | 'unbalanced';
  /** Largest (|f| + |g| + |M|)/ε, which says how exact an exponential of them can be; of an unbalanced plan alone. */
  readonly exponents?: number;
}

/** True if plain iterations decide the result, so that the twin can go the same way, converged or not. */
const plain = ({ kind, relative, recipe: { solver } }: Solving): boolean =>
  kind === 'sinkhorn' && solver.acceleration === 'none' && !(relative && solver.targetPerplexity !== null);

/** Solves transport between the rows of two matrices. */
export function solvedPlan(
  a: Matrix,
  b: Matrix,
  solving: Solving,
  report: Report | undefined,
  rounding: Rounding,
): TwinPlan {
  const made = costOf(a, b, solving.cost, rounding);
  const cost = made.matrix;
  if (solving.kind === 'exact') {
    const n = cost.rows;
    const columns = asCheap(cost, report?.assignment, a.columns) ?? cheapest(cost);
    const plan = tabulated(n, n, (i, j) =>
      Number.isNaN(columns[i]) ? Number.NaN : columns[i] === j ? 1 / n : 0,
    );
    return { ...measured(plan, cost, rounding), cost, kind: 'permutation' };
  }
  const { solver, seed } = solving.recipe;
  const searched = solving.relative && solver.targetPerplexity !== null && solving.kind === 'sinkhorn';
  const epsilon = searched
    ? (report?.epsilon ?? Number.NaN)
    : solving.relative
      ? solver.spread * standardDeviation(cost)
      : solver.epsilon;
  const { tolerance, maxIterations } = solver;
  if (plain(solving)) {
    const stop = { iterations: report?.iterations ?? maxIterations, tolerance, maxIterations };
    const potentials = iterated(cost, epsilon, stop, startOf(cost, seed), rounding);
    return {
      ...measured(planOf(cost, potentials, epsilon, rounding), cost, rounding),
      cost,
      kind: 'balanced',
    };
  }
  // Only a solve that ended by its tolerance is at a place that does not depend on the way there.
  if (report && !report.converged) return undefinedPlan(cost, rounding);
  if (solving.kind === 'unbalanced') {
    const potentials = relaxedPoint(cost, epsilon, solver.rho, tolerance, rounding);
    return {
      ...measured(planOf(cost, potentials, epsilon, rounding), cost, rounding),
      cost,
      kind: 'unbalanced',
      exponents: largestExponent(cost, potentials) / epsilon,
    };
  }
  if (solving.kind === 'progot') return progressive(made, solving, epsilon, rounding);
  const plan = planOf(cost, fixedPoint(cost, epsilon, tolerance, rounding), epsilon, rounding);
  return { ...measured(plan, cost, rounding, tolerance), cost, kind: 'balanced' };
}

/**
 * Returns an assignment if it is optimal up to the roundings of costs of rows of this width in float32. */
function asCheap(
  cost: Matrix,
  given: readonly number[] | undefined,
  width: number,
): readonly number[] | undefined {
  if (!given || new Set(given).size !== cost.columns) return undefined;
  const most = cost.values.reduce((largest, value) => Math.max(largest, value), 0);
  const slack = 16 * (width + 4) * UNIT * most * cost.rows;
  const of = (columns: readonly number[]): number =>
    columns.reduce((sum, column, row) => sum + at(cost, row, column), 0);
  return of(given) <= leastCost(cost) + slack ? given : undefined;
}

function undefinedPlan(cost: Matrix, rounding: Rounding): TwinPlan {
  const plan = tabulated(cost.rows, cost.columns, () => Number.NaN);
  return { ...measured(plan, cost, rounding), cost, kind: 'balanced' };
}

function startOf(cost: Matrix, seed: number): { f: Float64Array; g: Float64Array } {
  const count = cost.rows + cost.columns;
  if (seed === 0) return { f: new Float64Array(cost.rows), g: new Float64Array(cost.columns) };
  const least = cost.values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = cost.values.reduce((a, b) => Math.max(a, b), -Infinity);
  const drawn = Float64Array.from(normals(count, seed), (value) => (value * (most - least)) / 4);
  return { f: drawn.slice(0, cost.rows), g: drawn.slice(cost.rows) };
}

/** ProgOT (docs/method.md 6.10): x_{k+1} = (1 − α_k)·x + α_k·n·T_k·y. */
function progressive(made: Cost, solving: Solving, last: number, rounding: Rounding): TwinPlan {
  const { solver } = solving.recipe;
  const { steps, schedule, tolerance } = solver;
  const alphas = Array.from({ length: steps }, (_, i) => {
    const k = i + 1;
    if (schedule === 'constant') return 1 / (steps - k + 1);
    if (schedule === 'decelerating') return 1 / Math.E;
    return (2 * (k + 1) - 1) / ((steps + 1) ** 2 - k ** 2);
  });
  // Way done before each step, of all that is done before the last.
  const way = alphas.map((_, k) => 1 - alphas.slice(0, k).reduce((left, alpha) => left * (1 - alpha), 1));
  const whole = way.at(-1) ?? 0;
  const first = 0.05 * standardDeviation(made.matrix);
  let cost = made.matrix;
  let plan = cost;
  for (let k = 0; k < steps; k++) {
    const share = (way[k] ?? 0) / whole;
    const epsilon = whole === 0 || first === 0 ? last : (1 - share) * first + share * last;
    plan = planOf(cost, fixedPoint(cost, epsilon, tolerance, rounding), epsilon, rounding);
    if (k === steps - 1) break;
    const images = product(plan, made.b, rounding);
    const n = plan.rows;
    const alpha = alphas[k] ?? 1;
    const points = mixed(made.a, 1 - alpha, images, alpha * n, rounding);
    cost = costOfRows(points, made, solving.cost, rounding);
  }
  return { ...measured(plan, made.matrix, rounding, tolerance), cost: made.matrix, kind: 'balanced' };
}

/**
 * Measures of a plan. A plan that is t from another one in L1, as one that was stopped at a marginal error t may be, can differ from it
 * in entropy by t·log(m/t) (Fannes 1973).
 */
function measured(
  plan: Matrix,
  cost: Matrix,
  rounding: Rounding,
  stopped = 0,
): Pick<TwinPlan, 'plan' | 'transportCost' | 'perplexity' | 'marginalError'> {
  const { rows } = marginalsOf(plan);
  const mass = rows.reduce((a, b) => a + b, 0);
  let [entropy, size, transportCost] = [0, 0, 0];
  for (let i = 0; i < plan.rows; i++)
    for (let j = 0; j < plan.columns; j++) {
      const entry = at(plan, i, j);
      if (entry === 0) continue;
      const term = entry * Math.log(entry / (rows[i] as number));
      entropy -= term;
      size += Math.abs(term) + entry;
      transportCost += entry * at(cost, i, j);
    }
  const terms = plan.columns + plan.rows + 24;
  const left = stopped === 0 ? 0 : rounding.sign() * stopped * Math.log(plan.columns / stopped);
  return {
    plan,
    transportCost: rounding.near(transportCost, terms),
    perplexity: Math.exp(rounding.near(entropy / mass, terms, size / mass) + left),
    marginalError: columnError(plan),
  };
}

/**
 * P, as plans are applied: n·T, or T itself where the flow does not rescale. An unbalanced plan is divided by its column sums instead
 * of multiplied by n (docs/method.md 9.6). That division is another column update, whose result is in the exponents.
 */
export function applied(
  { plan, kind, exponents = 0 }: TwinPlan,
  rescaled: boolean,
  rounding: Rounding,
): Matrix {
  if (!rescaled) return plan;
  const { columns } = marginalsOf(plan);
  return {
    ...plan,
    values: plan.values.map((entry, k) =>
      kind === 'unbalanced'
        ? rounding.near(entry / (columns[k % plan.columns] as number), plan.rows + 8 + 12 * exponents)
        : rounding.near(entry * plan.rows, kind === 'permutation' ? 0 : 4),
    ),
  };
}
