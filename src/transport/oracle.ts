/** For tests: reference implementations of transport in float64, independent of the solvers. Matrices are arrays of rows. */

import type { CostSettings } from './cost-settings';

export type Matrix = readonly (readonly number[])[];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const at = (values: readonly number[], i: number): number => values[i] ?? Number.NaN;
export const entry = (x: Matrix, i: number, j: number): number => x[i]?.[j] ?? Number.NaN;
export const table = (rows: number, columns: number, value: (i: number, j: number) => number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j)));
export const columnSums = (x: Matrix): number[] =>
  (x[0] ?? []).map((_, j) => sum(x.map((row) => at(row, j))));
export const rowSums = (x: Matrix): number[] => x.map((row) => sum(row));
export const total = (x: Matrix): number => sum(rowSums(x));
export const inner = (x: Matrix, y: Matrix): number =>
  sum(x.map((row, i) => sum(row.map((value, j) => value * entry(y, i, j)))));

/** Plan perplexity: exp of the mass-weighted mean entropy of the rows. */
export function perplexity(plan: Matrix): number {
  const entropies = plan.map((row) => {
    const mass = sum(row);
    return -mass * sum(row.map((value) => (value > 0 ? (value / mass) * Math.log(value / mass) : 0)));
  });
  return Math.exp(sum(entropies) / total(plan));
}

const norm = (row: readonly number[]): number => Math.sqrt(sum(row.map((value) => value ** 2)));
const unitRow = (row: readonly number[]): number[] =>
  row.map((value) => (norm(row) === 0 ? 0 : value / norm(row)));

export function standardDeviation(cost: Matrix): number {
  const all = cost.flat();
  const mean = sum(all) / all.length;
  return Math.sqrt(sum(all.map((value) => (value - mean) ** 2)) / all.length);
}

function distance(a: readonly number[], b: readonly number[], metric: CostSettings['metric']): number {
  const squared = sum(a.map((value, k) => (value - at(b, k)) ** 2));
  if (metric !== 'cosine') return metric === 'squared' ? squared : Math.sqrt(squared);
  const [x, y] = [norm(a), norm(b)];
  if (x === 0 || y === 0) return x === y ? 0 : 1;
  return 1 - sum(a.map((value, k) => value * at(b, k))) / (x * y);
}

/** Returns the number that costs are divided by. */
export function scaleOf(cost: Matrix, scale: CostSettings['scale']): number {
  const all = cost.flat().toSorted((x, y) => x - y);
  if (scale === 'max') return at(all, all.length - 1);
  if (scale === 'mean') return sum(all) / all.length;
  const half = all.length / 2;
  if (scale === 'median') return (at(all, Math.ceil(half) - 1) + at(all, Math.floor(half))) / 2;
  return 1;
}

/** Returns the cost matrix M before scaling. */
export function distances(a: Matrix, b: Matrix, { metric, rows }: CostSettings): number[][] {
  const [x, y] = rows === 'unit' ? [a.map(unitRow), b.map(unitRow)] : [a, b];
  return x.map((row) => y.map((other) => distance(row, other, metric)));
}

/**
 * Solves unbalanced transport in its scaling form, u = (a/Kv)^p, v = (b/Kᵀu)^p with p = ρ/(ρ+ε) (Chizat et al. 2018), to a
 * fixed point; ρ = ∞ is Sinkhorn–Knopp.
 */
export function scalingPlan(cost: Matrix, epsilon: number, rho = Infinity): number[][] {
  const [n, m] = [cost.length, cost[0]?.length ?? 0];
  const power = rho === Infinity ? 1 : rho / (rho + epsilon);
  // The lowest cost of each column is subtracted, and absorbed by v, so that no column of K is 0 in float64.
  const lift = Array.from({ length: m }, (_, j) => Math.min(...cost.map((row) => at(row, j))));
  const kernel = table(n, m, (i, j) => Math.exp((at(lift, j) - entry(cost, i, j)) / epsilon));
  let u = Array.from({ length: n }, () => 1);
  let v = Array.from({ length: m }, () => 0);
  for (let iteration = 0; iteration < 20_000; iteration++) {
    const before = u;
    v = v.map((_, j) => {
      const reached = sum(kernel.map((row, i) => at(row, j) * at(u, i)));
      return (1 / m / reached) ** power * Math.exp((at(lift, j) * (power - 1)) / epsilon);
    });
    u = kernel.map((row) => (1 / n / sum(row.map((value, j) => value * at(v, j)))) ** power);
    if (u.every((value, i) => Math.abs(Math.log(value / at(before, i))) < 1e-12)) break;
  }
  return table(n, m, (i, j) => at(u, i) * entry(kernel, i, j) * at(v, j));
}

interface Progress {
  readonly alphas: readonly number[];
  readonly epsilons: readonly number[];
  readonly settings: CostSettings;
}

/** Returns ProgOT's plan by its definition: x_{k+1} = (1 − α_k)·x + α_k·n·T_k·y; the plan is the last T. */
export function progressivePlan(a: Matrix, b: Matrix, { alphas, epsilons, settings }: Progress): number[][] {
  const prepared = settings.rows === 'unit' || settings.metric === 'cosine';
  const [x, y] = prepared ? [a.map(unitRow), b.map(unitRow)] : [a, b];
  const raw: CostSettings = { ...settings, rows: 'raw' };
  const scale = scaleOf(distances(x, y, raw), settings.scale);
  let points: Matrix = x;
  let plan: number[][] = [];
  for (const [k, alpha] of alphas.entries()) {
    const cost = distances(points, y, raw).map((row) => row.map((value) => value / scale));
    plan = scalingPlan(cost, at(epsilons, k));
    points = x.map((row, i) =>
      row.map((value, c) => {
        const image = x.length * sum(y.map((other, j) => entry(plan, i, j) * at(other, c)));
        return (1 - alpha) * value + alpha * image;
      }),
    );
  }
  return plan;
}
