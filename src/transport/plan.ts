import { PLAN_ROW } from '../backend/operations';
import type { Backend, Potentials, Tensor } from '../backend/operations';
import { matrix } from '../backend/shape';
import { Scope } from '../backend/scope';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';

/** A transport plan T between n rows and m columns, total mass 1, rows of mass 1/n. */
export type Plan =
  | { readonly kind: 'entropic'; readonly cost: CostMatrix; readonly potentials: Potentials }
  | {
      readonly kind: 'permutation';
      /** Column of every row. */
      readonly assignment: Uint32Array;
      readonly columns: number;
      /** Σ T·M. */
      readonly transportCost: number;
    };

export interface PlanMeasures {
  /** exp of the mean entropy of the rows of n·T: 1 is a permutation, m is uniform. */
  readonly planPerplexity: number;
  /** Σ T·M. */
  readonly transportCost: number;
  /** L1 error of the column marginal. */
  readonly marginalError: number;
  /** Column of the largest entry of every row. */
  readonly argmax: Uint32Array;
  /** Σ_j T_ij of every row; 1/n each after a row half-step. */
  readonly rowMass: Float32Array;
}

/** Rows of a plan: what it is multiplied by to have rows of sum 1. */
export const planRows = (plan: Plan): number =>
  plan.kind === 'entropic' ? plan.cost.rows : plan.assignment.length;

const planColumns = (plan: Plan): number => (plan.kind === 'entropic' ? plan.cost.columns : plan.columns);

/**
 * The plan applied to `x`, times `scale`. Axis 0: scale·Tᵀ·X, `x` `[n, c]` to `[m, c]`. Axis 1: scale·X·T, `x` `[c, n]`
 * or `[n]` to `[c, m]` or `[m]`. With `scale` n this is P = n·T, whose rows sum to 1; with 1 the bare plan T, also for a
 * permutation, whose entries are then 1/n. The caller owns the result (f32).
 */
export async function applyPlan(
  backend: Backend,
  plan: Plan,
  x: Tensor,
  axis: 0 | 1,
  scale: number,
  signal?: AbortSignal,
): Promise<Tensor> {
  const columns = planColumns(plan);
  const shape =
    x.shape.length === 1 ? [columns] : axis === 0 ? [columns, matrix(x)[1]] : [matrix(x)[0], columns];
  if (plan.kind === 'permutation') return permute(backend, plan, x, axis, scale);
  const into = backend.zeros(shape, `${x.label} transported`);
  try {
    await plan.cost.forEach(async (band) => {
      backend.applyPlan(band, plan.potentials, x, axis, scale, into);
      await backend.settle();
    }, signal);
    return into;
  } catch (error) {
    backend.free(into);
    throw error;
  }
}

function permute(
  backend: Backend,
  { assignment, columns }: Plan & { kind: 'permutation' },
  x: Tensor,
  axis: 0 | 1,
  scale: number,
): Tensor {
  const scope = new Scope(backend);
  try {
    const rows = assignment.length;
    // A column no row goes to receives nothing: an index past the end leaves zero.
    const inverse = new Uint32Array(columns).fill(rows);
    for (const [row, column] of assignment.entries()) inverse[column] = row;
    const index = scope.own(backend.upload(inverse, [columns], 'u32', 'inverse permutation'));
    // For one number per element both axes are the same, and a vector is gathered along its only one.
    const moved = scope.own(backend.gather(x, index, { axis: x.shape.length === 1 ? 0 : axis }));
    return scale === rows ? scope.release(moved) : backend.weightedSum(moved, scale / rows);
  } finally {
    scope.free();
  }
}

/**
 * Measures a plan in one pass over its cost.
 * @throws TransportError when a measure is not finite.
 */
export async function planMeasures(
  backend: Backend,
  plan: Plan,
  signal?: AbortSignal,
): Promise<PlanMeasures> {
  if (plan.kind === 'permutation') return permutationMeasures(plan);
  const { cost, potentials } = plan;
  const rowMass = new Float32Array(cost.rows);
  const argmax = new Uint32Array(cost.rows);
  let entropy = 0;
  let transportCost = 0;
  const scope = new Scope(backend);
  try {
    const state = scope.own(backend.zeros([2, cost.columns], 'column sums'));
    await cost.forEach(async (band) => {
      backend.columnLogSum(band, potentials, state);
      const measured = scope.own(backend.planRows(band, potentials));
      const values = await backend.read(measured);
      scope.free(measured);
      for (let row = 0; row < band.rows; row++) {
        const at = row * 4;
        rowMass[band.rowStart + row] = values[at + PLAN_ROW.mass] ?? Number.NaN;
        entropy += values[at + PLAN_ROW.entropy] ?? Number.NaN;
        transportCost += values[at + PLAN_ROW.cost] ?? Number.NaN;
        argmax[band.rowStart + row] = values[at + PLAN_ROW.argmax] ?? 0;
      }
    }, signal);
    const error = scope.own(backend.columnPotential(state, potentials, -Math.log(cost.columns), false));
    const [marginalError = Number.NaN] = await backend.read(error);
    const planPerplexity = Math.exp(entropy / cost.rows);
    if (![planPerplexity, transportCost, marginalError].every(Number.isFinite)) {
      throw new TransportError(
        `plan: expected finite measures, got perplexity ${planPerplexity}, cost ${transportCost} and marginal error ` +
          `${marginalError} at ε = ${potentials.epsilon}. Choose a larger ε.`,
      );
    }
    return { planPerplexity, transportCost, marginalError, argmax, rowMass };
  } finally {
    scope.free();
  }
}

function permutationMeasures(plan: Plan & { kind: 'permutation' }): PlanMeasures {
  const { assignment, columns, transportCost } = plan;
  const rows = assignment.length;
  // With fewer rows than columns the mass cannot be spread evenly: 1/n on n of the columns, none on the others.
  const marginalError = rows * Math.abs(1 / rows - 1 / columns) + (columns - rows) / columns;
  return {
    planPerplexity: 1,
    transportCost,
    marginalError,
    argmax: assignment.slice(),
    rowMass: new Float32Array(rows).fill(1 / rows),
  };
}
