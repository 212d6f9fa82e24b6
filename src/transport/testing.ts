import { readFileSync } from 'node:fs';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { CostMatrix, type CostOptions } from './cost';
import type { IterativeSolver } from './iterative-solver';
import type { Matrix } from './oracle';
import { applyPlan, type Plan } from './plan';

/** For tests: point clouds with reference plans (POT, float64), and functions that read and compare whole plans. */

interface PlanOracle {
  eps: number;
  converged: boolean;
  transport_cost: number;
  row_entropy_perplexity: number;
  row0: number[];
  col_argmax: number[];
  norm: number;
}
export interface Case {
  name: string;
  A: number[][];
  B: number[][];
  planted?: number[];
  exact: { transport_cost: number; assignment?: number[] };
  plans: PlanOracle[];
}
export const { cases } = JSON.parse(
  readFileSync(new URL('../../tests/fixtures/transport.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

/** Returns the case whose name starts with `name`. */
export function named(name: string): Case {
  const found = cases.find((c) => c.name.startsWith(name));
  if (!found) throw new Error(`no case ${name}`);
  return found;
}

export const upload = (backend: Backend, rows: Matrix): Tensor =>
  backend.upload(Float32Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0], 'f32', 'points');

/** Rounds all numbers to float32. */
export const rounded = (rows: Matrix): number[][] =>
  rows.map((row) => row.map((value) => Math.fround(value)));

/** Creates a solver for two point clouds, calls `use` and frees everything afterwards. */
export async function withSolver<S extends IterativeSolver, T>(
  backend: Backend,
  { A, B }: { A: Matrix; B: Matrix },
  make: (cost: CostMatrix) => S,
  use: (solver: S, ground: CostMatrix) => Promise<T>,
  options: CostOptions = {},
): Promise<T> {
  const scope = new Scope(backend);
  let cost: CostMatrix | undefined;
  let solver: S | undefined;
  try {
    const [a, b] = [scope.own(upload(backend, A)), scope.own(upload(backend, B))];
    cost = await CostMatrix.build(backend, a, b, options);
    solver = make(cost);
    return await use(solver, cost);
  } finally {
    solver?.free();
    cost?.free();
    scope.free();
  }
}

/** Returns all entries of a plan T `[n, m]`, by applying it to the identity. */
export async function wholePlan(backend: Backend, plan: Plan, rows: number): Promise<Float32Array> {
  const identity = Float32Array.from({ length: rows * rows }, (_, k) => (k % (rows + 1) === 0 ? 1 : 0));
  const eye = backend.upload(identity, [rows, rows], 'f32', 'identity');
  const moved = await applyPlan(backend, plan, eye, 1, 1);
  const values = await backend.read(moved);
  backend.free(eye, moved);
  return values;
}

/** Returns max |n·T − n·expected|; 1 is the largest possible difference of two permutations. */
export async function planDifference(backend: Backend, plan: Plan, expected: Matrix): Promise<number> {
  const values = await wholePlan(backend, plan, expected.length);
  const differences = expected.flat().map((value, k) => Math.abs(value - (values[k] ?? Number.NaN)));
  return Math.max(...differences) * expected.length;
}
