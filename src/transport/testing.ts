import { readFileSync } from 'node:fs';
import type { Backend } from '../backend/operations';
import { applyPlan, type Plan } from './plan';

/** For tests: point clouds with their reference plans (POT, float64), and a look at a whole plan. */

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

/** All entries of a plan T `[n, m]`, by moving the identity. */
export async function wholePlan(backend: Backend, plan: Plan, rows: number): Promise<Float32Array> {
  const identity = Float32Array.from({ length: rows * rows }, (_, k) => (k % (rows + 1) === 0 ? 1 : 0));
  const eye = backend.upload(identity, [rows, rows], 'f32', 'identity');
  const moved = await applyPlan(backend, plan, eye, 1, 1);
  const values = await backend.read(moved);
  backend.free(eye, moved);
  return values;
}
