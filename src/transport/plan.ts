import { PLAN_ROW, PLAN_ROW_WIDTH } from '../backend/operations';
import type { Backend, Potentials, Tensor } from '../backend/operations';
import { matrix } from '../backend/shape';
import { Scope } from '../backend/scope';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';

/** A transport plan T between n rows and m columns: total mass 1, rows of mass 1/n (only approximately if unbalanced). */
export type Plan =
  | {
      readonly kind: 'entropic' | 'unbalanced';
      readonly cost: CostMatrix;
      readonly potentials: Potentials;
      /** The cost for `transportCost`, if it is not the cost the plan is formed from (ProgOT). */
      readonly ground?: CostMatrix;
    }
  | {
      readonly kind: 'permutation';
      /** Column assigned to each row. */
      readonly assignment: Uint32Array;
      readonly columns: number;
      /** Σ T·M. */
      readonly transportCost: number;
    };

export interface PlanMeasures {
  /**
   * exp of the mean entropy of the rows of T, each normalised to 1 and weighted by its mass: 1 for a permutation, m for a
   * uniform plan.
   */
  readonly planPerplexity: number;
  /** Σ T·M, not divided by the mass of T. */
  readonly transportCost: number;
  /** L1 error of the column marginal, Σ_j |Σ_i T_ij − 1/m|. */
  readonly marginalError: number;
  /** L1 error of the row marginal, Σ_i |Σ_j T_ij − 1/n|. */
  readonly rowMarginalError: number;
  /** Σ T; 1 except for unbalanced plans. */
  readonly totalMass: number;
  /** Column of the largest entry of each row. */
  readonly argmax: Uint32Array;
  /** Σ_j T_ij of each row; 1/n after a row half-step. */
  readonly rowMass: Float32Array;
}

const planColumns = (plan: Plan): number => (plan.kind === 'permutation' ? plan.columns : plan.cost.columns);

/**
 * Factor of a plan when it is applied: a number, or `rescaled` to P = n·T, whose rows sum to 1 (and its columns, if n = m).
 * Rows and columns of an unbalanced plan have unequal mass, so `rescaled` divides each of its columns by its own sum instead:
 * the result for a column is an average of rows, however small its mass.
 */
export type PlanScale = number | 'rescaled';

/**
 * Applies a plan to `x`. Axis 0: scale·Tᵀ·X, `x` `[n, c]` to `[m, c]`. Axis 1: scale·X·T, `x` `[c, n]` or `[n]` to `[c, m]` or
 * `[m]`. Scale 1 applies T itself, also for a permutation, whose entries are 1/n. The caller owns the result (f32).
 */
export async function applyPlan(
  backend: Backend,
  plan: Plan,
  x: Tensor,
  axis: 0 | 1,
  scale: PlanScale,
  signal?: AbortSignal,
): Promise<Tensor> {
  const columns = planColumns(plan);
  const shape =
    x.shape.length === 1 ? [columns] : axis === 0 ? [columns, matrix(x)[1]] : [matrix(x)[0], columns];
  if (plan.kind === 'permutation') return permute(backend, plan, x, axis, scale);
  const scope = new Scope(backend);
  try {
    const normalised = plan.kind === 'unbalanced' && scale === 'rescaled';
    const potentials = normalised ? await withUnitColumns(backend, plan, scope, signal) : plan.potentials;
    const factor = normalised ? 1 : scale === 'rescaled' ? plan.cost.rows : scale;
    const into = scope.own(backend.zeros(shape, `${x.label} transported`));
    await plan.cost.forEach(async (band) => {
      backend.applyPlan(band, potentials, x, axis, factor, into);
      await backend.settle();
    }, signal);
    return scope.release(into);
  } finally {
    scope.free();
  }
}

/** Returns potentials of the plan with column sums 1: an undamped column update to marginal 1, whose logarithm is 0. */
async function withUnitColumns(
  backend: Backend,
  { cost, potentials }: Plan & { kind: 'entropic' | 'unbalanced' },
  scope: Scope,
  signal: AbortSignal | undefined,
): Promise<Potentials> {
  const state = scope.own(backend.zeros([2, cost.columns], 'column sums'));
  const g = scope.own(backend.zeros([cost.columns], 'column potentials'));
  await cost.forEach((band) => backend.columnLogSum(band, potentials, state), signal);
  const updated = { ...potentials, g };
  scope.own(backend.columnPotential(state, updated, { logMarginal: 0 }, true));
  return updated;
}

function permute(
  backend: Backend,
  { assignment, columns }: Plan & { kind: 'permutation' },
  x: Tensor,
  axis: 0 | 1,
  scale: PlanScale,
): Tensor {
  const scope = new Scope(backend);
  try {
    const rows = assignment.length;
    // An index past the end leaves zero, for columns without a row.
    const inverse = new Uint32Array(columns).fill(rows);
    for (const [row, column] of assignment.entries()) inverse[column] = row;
    const index = scope.own(backend.upload(inverse, [columns], 'u32', 'inverse permutation'));
    // A vector has only axis 0.
    const moved = scope.own(backend.gather(x, index, { axis: x.shape.length === 1 ? 0 : axis }));
    return scale === rows || scale === 'rescaled'
      ? scope.release(moved)
      : backend.weightedSum(moved, scale / rows);
  } finally {
    scope.free();
  }
}

/**
 * Measures a plan in one pass over its cost.
 * @throws TransportError if a measure is not finite.
 */
export async function planMeasures(
  backend: Backend,
  plan: Plan,
  signal?: AbortSignal,
): Promise<PlanMeasures> {
  if (plan.kind === 'permutation') return permutationMeasures(plan);
  const { cost, potentials, ground } = plan;
  const rowMass = new Float32Array(cost.rows);
  const argmax = new Uint32Array(cost.rows);
  let entropy = 0;
  let transportCost = 0;
  let totalMass = 0;
  let rowMarginalError = 0;
  const scope = new Scope(backend);
  try {
    const state = scope.own(backend.zeros([2, cost.columns], 'column sums'));
    await cost.forEachWith(
      ground,
      async (band, priced) => {
        backend.columnLogSum(band, potentials, state);
        const measured = scope.own(backend.planRows(band, potentials, priced?.cost));
        const values = await backend.read(measured);
        scope.free(measured);
        for (let row = 0; row < band.rows; row++) {
          const at = row * PLAN_ROW_WIDTH;
          const mass = values[at + PLAN_ROW.mass] ?? Number.NaN;
          rowMass[band.rowStart + row] = mass;
          totalMass += mass;
          rowMarginalError += Math.abs(mass - 1 / cost.rows);
          entropy += mass * (values[at + PLAN_ROW.entropy] ?? Number.NaN);
          transportCost += values[at + PLAN_ROW.cost] ?? Number.NaN;
          argmax[band.rowStart + row] = values[at + PLAN_ROW.argmax] ?? 0;
        }
      },
      signal,
    );
    const error = scope.own(
      backend.columnPotential(state, potentials, { logMarginal: -Math.log(cost.columns) }, false),
    );
    const [marginalError = Number.NaN] = await backend.read(error);
    const planPerplexity = Math.exp(entropy / totalMass);
    if (![planPerplexity, transportCost, marginalError].every(Number.isFinite)) {
      throw new TransportError(
        `plan: expected finite measures, got perplexity ${planPerplexity}, cost ${transportCost} and marginal error ` +
          `${marginalError} at ε = ${potentials.epsilon}. Choose a larger ε.`,
      );
    }
    return {
      planPerplexity,
      transportCost,
      marginalError,
      rowMarginalError,
      totalMass,
      argmax,
      rowMass,
    };
  } finally {
    scope.free();
  }
}

function permutationMeasures(plan: Plan & { kind: 'permutation' }): PlanMeasures {
  const { assignment, columns, transportCost } = plan;
  const rows = assignment.length;
  // With fewer rows than columns, n columns get mass 1/n and the others 0.
  const marginalError = rows * Math.abs(1 / rows - 1 / columns) + (columns - rows) / columns;
  return {
    planPerplexity: 1,
    transportCost,
    marginalError,
    rowMarginalError: 0,
    totalMass: 1,
    argmax: assignment.slice(),
    rowMass: new Float32Array(rows).fill(1 / rows),
  };
}
