import { mixColumns } from '../anderson';
import {
  applyPlanSizes,
  bandSizes,
  columnLogSumSizes,
  columnPotentialSizes,
  planRowsSizes,
  rowPotentialSizes,
  sinkhornSizes,
} from '../checks/transport';
import { PLAN_ROW, PLAN_ROW_WIDTH, ROW_MOMENT } from '../operations';
import { moved } from '../half-step';
import type { CostBand, HalfStep, Potentials, SinkhornIterations, Tensor } from '../operations';
import { gemm } from './gemm';
import type { Store } from './storage';

export function rowMoments(store: Store, band: CostBand): Tensor {
  store.check(band.cost);
  const { rows, columns } = bandSizes('rowMoments', band);
  const cost = store.asFloat64(band.cost);
  const result = store.zeros([rows, 2], 'rowMoments');
  const out = store.target(result);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let at = i * columns; at < (i + 1) * columns; at++) sum += cost[at]!;
    const mean = sum / columns;
    let squares = 0;
    for (let at = i * columns; at < (i + 1) * columns; at++) squares += (cost[at]! - mean) ** 2;
    out[2 * i + ROW_MOMENT.mean] = mean;
    out[2 * i + ROW_MOMENT.squares] = squares;
  }
  return result;
}

export function rowPotential(
  store: Store,
  band: CostBand,
  potentials: Potentials,
  step: HalfStep,
  state: Tensor,
): void {
  store.check(band.cost, potentials.f, potentials.g, state);
  const { rowStart, rows, columns } = rowPotentialSizes(band, potentials, step, state);
  const { logMarginal, damping = 1, relaxation = 1 } = step;
  const { epsilon } = potentials;
  const f = store.target(potentials.f);
  const g = store.asFloat64(potentials.g);
  const cost = store.asFloat64(band.cost);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let most = -Infinity;
    for (let j = 0; j < columns; j++) most = Math.max(most, g[j]! - cost[at + j]!);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += Math.exp((g[j]! - cost[at + j]! - most) / epsilon);
    const met = damping * (epsilon * (logMarginal - Math.log(sum)) - most);
    f[rowStart + i] = moved(f[rowStart + i]!, met, relaxation);
  }
  columnLogSum(store, band, potentials, state);
}

export function columnLogSum(store: Store, band: CostBand, potentials: Potentials, state: Tensor): void {
  store.check(band.cost, potentials.f, potentials.g, state);
  const { rowStart, rows, columns } = columnLogSumSizes(band, potentials, state);
  const { epsilon } = potentials;
  const f = store.asFloat64(potentials.f);
  const cost = store.asFloat64(band.cost);
  const running = store.target(state);
  const most = running.subarray(0, columns);
  const sum = running.subarray(columns);
  if (rowStart === 0) {
    most.fill(-Infinity);
    sum.fill(0);
  }
  // The maximum over the band is found first, so that each entry needs one exponential and each column one rescaling.
  const before = most.slice();
  for (let i = 0; i < rows; i++) {
    const fi = f[rowStart + i]!;
    const at = i * columns;
    for (let j = 0; j < columns; j++) most[j] = Math.max(most[j]!, (fi - cost[at + j]!) / epsilon);
  }
  for (let j = 0; j < columns; j++) sum[j]! *= Math.exp(before[j]! - most[j]!);
  for (let i = 0; i < rows; i++) {
    const fi = f[rowStart + i]!;
    const at = i * columns;
    for (let j = 0; j < columns; j++) sum[j]! += Math.exp((fi - cost[at + j]!) / epsilon - most[j]!);
  }
}

export function columnPotential(
  store: Store,
  state: Tensor,
  potentials: Potentials,
  step: HalfStep,
  update: boolean,
): Tensor {
  store.check(state, potentials.f, potentials.g);
  const { columns } = columnPotentialSizes(state, potentials, step);
  const { logMarginal, damping = 1, relaxation = 1 } = step;
  const { epsilon } = potentials;
  const running = store.asFloat64(state);
  const g = store.target(potentials.g);
  const marginal = Math.exp(logMarginal);
  let error = 0;
  for (let j = 0; j < columns; j++) {
    const logSum = running[j]! + Math.log(running[columns + j]!);
    error += Math.abs(Math.exp(g[j]! / epsilon + logSum) - marginal);
    if (update) g[j] = moved(g[j]!, damping * epsilon * (logMarginal - logSum), relaxation);
  }
  const result = store.zeros([1], 'columnPotential');
  store.target(result)[0] = error;
  return result;
}

export function sinkhorn(
  store: Store,
  band: CostBand,
  potentials: Potentials,
  state: Tensor,
  iterations: SinkhornIterations,
): Tensor {
  store.check(band.cost, potentials.f, potentials.g, state);
  sinkhornSizes(band, potentials, state, iterations);
  const { rows, columns, count, tolerance, history } = iterations;
  const errors = store.zeros([count + 1], 'marginal errors');
  const out = store.target(errors).fill(-1);
  try {
    for (let done = 0; done <= count; done++) {
      const measured = columnPotential(store, state, potentials, columns, false);
      out[done] = store.target(measured)[0]!;
      store.free(measured);
      if ((done > 0 && out[done]! <= tolerance) || done === count) break;
      const before = history ? store.target(potentials.g).slice() : undefined;
      store.free(columnPotential(store, state, potentials, columns, true));
      if (history && before) {
        const kept = { numbers: store.target(history), width: history.shape[1] ?? 0 };
        mixColumns(store.target(potentials.g), before, kept, out[done]!);
      }
      rowPotential(store, band, potentials, rows, state);
    }
    return errors;
  } catch (error) {
    store.free(errors);
    throw error;
  }
}

export function planRows(store: Store, band: CostBand, potentials: Potentials, ground?: Tensor): Tensor {
  store.check(band.cost, potentials.f, potentials.g, ground);
  const { rowStart, rows, columns } = planRowsSizes(band, potentials, ground);
  const { epsilon } = potentials;
  const f = store.asFloat64(potentials.f);
  const g = store.asFloat64(potentials.g);
  const cost = store.asFloat64(band.cost);
  const groundCost = ground ? store.asFloat64(ground) : cost;
  const result = store.zeros([rows, PLAN_ROW_WIDTH], 'planRows');
  const out = store.target(result);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let most = -Infinity;
    let argmax = 0;
    for (let j = 0; j < columns; j++) {
      const score = g[j]! - cost[at + j]!;
      if (score > most) {
        most = score;
        argmax = j;
      }
    }
    // With w_j = exp((score_j − most)/ε), entropy is log Σw − Σ w·log w / Σw, independent of the row's mass.
    let sum = 0;
    let entropySum = 0;
    let costSum = 0;
    for (let j = 0; j < columns; j++) {
      const log = (g[j]! - cost[at + j]! - most) / epsilon;
      const weight = Math.exp(log);
      sum += weight;
      if (weight > 0) entropySum += weight * log;
      costSum += weight * groundCost[at + j]!;
    }
    const peak = (f[rowStart + i]! + most) / epsilon;
    const largest = Math.exp(peak);
    const measured = PLAN_ROW_WIDTH * i;
    out[measured + PLAN_ROW.mass] = largest * sum;
    out[measured + PLAN_ROW.entropy] = Math.log(sum) - entropySum / sum;
    out[measured + PLAN_ROW.cost] = largest * costSum;
    out[measured + PLAN_ROW.argmax] = argmax;
    out[measured + PLAN_ROW.peak] = peak;
  }
  return result;
}

/** Rows of the plan that are computed at a time. */
const CHUNK = 64;

export function applyPlan(
  store: Store,
  band: CostBand,
  potentials: Potentials,
  x: Tensor,
  axis: 0 | 1,
  scale: number,
  into: Tensor,
): void {
  store.check(band.cost, potentials.f, potentials.g, x, into);
  const sizes = applyPlanSizes(band, potentials, x, axis, scale, into);
  const { rowStart, rows, columns, total, width } = sizes;
  const { epsilon } = potentials;
  const f = store.asFloat64(potentials.f);
  const g = store.asFloat64(potentials.g);
  const cost = store.asFloat64(band.cost);
  const values = store.numbers(x);
  const out = store.target(into);
  const plan = new Float64Array(Math.min(CHUNK, rows) * columns);
  for (let first = 0; first < rows; first += CHUNK) {
    const depth = Math.min(CHUNK, rows - first);
    for (let i = 0; i < depth; i++) {
      const fi = f[rowStart + first + i]!;
      const at = (first + i) * columns;
      for (let j = 0; j < columns; j++) {
        plan[i * columns + j] = Math.exp((fi + g[j]! - cost[at + j]!) / epsilon);
      }
    }
    const transposed = { values: plan, start: 0, row: 1, column: columns };
    const from = rowStart + first;
    if (axis === 0) {
      const part = { values, start: from * width, row: 1, column: width };
      gemm(out, 0, width, transposed, part, columns, width, depth, scale);
    } else {
      const part = { values, start: from, row: total, column: 1 };
      gemm(out, 0, columns, part, transposed, width, columns, depth, scale);
    }
  }
}
