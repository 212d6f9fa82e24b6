import type { Backend, Tensor } from '../backend/operations';
import { type Assignment, assign } from '../transport/assignment';
import { CostMatrix } from '../transport/cost';
import type { CostSettings } from '../transport/cost-settings';
import { applyPlan, type Plan, planMeasures } from '../transport/plan';
import { iterativeSolver, type Solver } from '../transport/solve';
import type { TensorMeasure } from './measurement';
import { norm } from './norms';

/** Up to this many neurons the exact assignment is also computed, which takes well under a second. */
export const EXACT_ROWS = 512;

/** The measures of a matching of rows, without those of the new weight. */
export type PlanNumbers = Pick<
  TensorMeasure,
  | 'rows'
  | 'planPerplexity'
  | 'marginalError'
  | 'converged'
  | 'transportCost'
  | 'exactCost'
  | 'identityCost'
  | 'meanCost'
  | 'scoreBefore'
  | 'scoreAfter'
  | 'identityShare'
  | 'assignmentAgreement'
  | 'normKept'
>;

/** The rows of two blocks to match, and how. */
export interface MatchingProblem {
  readonly a: Tensor;
  readonly b: Tensor;
  /** Undefined if the rows have no single plan. */
  readonly solver: Solver | undefined;
  readonly cost: CostSettings;
}

/**
 * Solves one tensor's problem and measures plan and cost.
 * @throws TransportError for an invalid problem or a failed solve; AbortError.
 */
export async function measureMatching(
  backend: Backend,
  { a, b, solver, cost: settings }: MatchingProblem,
  signal?: AbortSignal,
): Promise<PlanNumbers> {
  const cost = await CostMatrix.build(backend, a, b, { cost: settings, signal });
  try {
    const { rows, columns, mean } = cost;
    const affordable = rows === columns && rows <= EXACT_ROWS;
    const exact =
      affordable || solver?.kind === 'exact'
        ? await assign(await cost.readAll(signal), rows, columns, { signal })
        : undefined;
    const identityCost = average(await diagonal(backend, cost, signal));
    const score = (value: number): number | null => (mean > 0 ? 1 - value / mean : null);
    const compared: PlanNumbers = {
      rows,
      ...NO_PLAN_NUMBERS,
      exactCost: exact?.cost ?? null,
      identityCost,
      meanCost: mean,
      scoreBefore: score(identityCost),
    };
    if (!solver) return compared;
    const planned = await solveAndMeasure(backend, cost, a, solver, exact, signal);
    return { ...compared, ...planned, scoreAfter: score(planned.transportCost) };
  } finally {
    cost.free();
  }
}

/** The measures of a tensor without a plan. */
export const NO_PLAN_NUMBERS = {
  planPerplexity: null,
  marginalError: null,
  converged: null,
  transportCost: null,
  exactCost: null,
  identityCost: null,
  meanCost: null,
  scoreBefore: null,
  scoreAfter: null,
  identityShare: null,
  assignmentAgreement: null,
  normKept: null,
} as const;

async function solveAndMeasure(
  backend: Backend,
  cost: CostMatrix,
  a: Tensor,
  solver: Solver,
  exact: Assignment | undefined,
  signal: AbortSignal | undefined,
) {
  if (solver.kind === 'exact') {
    const { assignment, cost: transportCost } = exact ?? { assignment: new Uint32Array(), cost: Number.NaN };
    const plan: Plan = { kind: 'permutation', assignment, columns: cost.columns, transportCost };
    return numbersOf(backend, plan, a, true, exact, signal);
  }
  const solve = iterativeSolver(backend, cost, solver);
  try {
    await solve.run({ signal });
    return await numbersOf(backend, solve.plan, a, solve.converged, exact, signal);
  } finally {
    solve.free();
  }
}

async function numbersOf(
  backend: Backend,
  plan: Plan,
  a: Tensor,
  converged: boolean,
  exact: Assignment | undefined,
  signal: AbortSignal | undefined,
) {
  const measures = await planMeasures(backend, plan, signal);
  const { planPerplexity, marginalError, transportCost, argmax, totalMass } = measures;
  const moved = await applyPlan(backend, plan, a, 0, 'rescaled', signal);
  try {
    return {
      planPerplexity,
      marginalError,
      converged,
      transportCost,
      identityShare: (await planTrace(backend, plan, signal)) / totalMass,
      assignmentAgreement: exact ? share(argmax, (column, row) => column === exact.assignment[row]) : null,
      normKept: (await norm(backend, moved)) / (await norm(backend, a)),
    };
  } finally {
    backend.free(moved);
  }
}

/** trace(T). */
async function planTrace(backend: Backend, plan: Plan, signal: AbortSignal | undefined): Promise<number> {
  if (plan.kind === 'permutation') return share(plan.assignment, (column, row) => column === row);
  const { cost, potentials } = plan;
  const [f, g] = [await backend.read(potentials.f), await backend.read(potentials.g)];
  let trace = 0;
  for (const [i, value] of (await diagonal(backend, cost, signal)).entries())
    trace += Math.exp(((f[i] ?? Number.NaN) + (g[i] ?? Number.NaN) - value) / potentials.epsilon);
  return trace;
}

/** M_ii. */
async function diagonal(
  backend: Backend,
  cost: CostMatrix,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const values = new Float64Array(Math.min(cost.rows, cost.columns));
  await cost.forEach(async (band) => {
    const costs = await backend.read(band.cost);
    for (let row = 0; row < band.rows && band.rowStart + row < values.length; row++)
      values[band.rowStart + row] = costs[row * cost.columns + band.rowStart + row] ?? Number.NaN;
  }, signal);
  return values;
}

const average = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function share(values: Uint32Array, holds: (value: number, index: number) => boolean): number {
  let count = 0;
  for (const [index, value] of values.entries()) if (holds(value, index)) count++;
  return count / values.length;
}
