/**
 * This folder solves optimal transport between the rows of two matrices: the cost, the solvers (Sinkhorn, unbalanced, ProgOT, exact
 * assignment) and plans with what is measured of them. It is written against the operations of `../backend` alone and knows
 * nothing of models, blocks or recipes.
 */
import type { Backend, Tensor } from '../backend/operations';
import { type Assignment, assign } from './assignment';
import { CostMatrix } from './cost';
import type { CostSettings } from './cost-settings';
import { epsilonOf } from './epsilon';
import type { IterativeSolver, RunOptions } from './iterative';
import { PerplexitySearch } from './perplexity-search';
import type { Plan } from './plan';
import type { PotentialsSnapshot } from './potentials';
import { ProgOt } from './progot';
import { Sinkhorn } from './sinkhorn';
import type { Solution, Solutions } from './solutions';
import type { IterativeMethod, Solved, Solver } from './solver';

export type { IterativeMethod, Solved, Solver };

export interface SolveOptions extends RunOptions {
  /** Default: Euclidean distances of raw rows. */
  readonly cost?: CostSettings | undefined;
  /** Solutions of problems solved before, which this one joins. An equal problem gives the same numbers, bit for bit. */
  readonly solutions?: Solutions | undefined;
}

/** Whether a solve may start from given potentials: where there is one ε, and one cost. */
export const startsAnywhere = ({ kind, epsilonRule }: IterativeMethod): boolean =>
  kind !== 'progot' && epsilonRule?.kind !== 'perplexity';

/**
 * A solver of the problem posed by `cost`, which must outlive it, at its start: the method's own, or, of a method that
 * `startsAnywhere`, the given one. The caller frees it.
 * @throws TransportError for options outside their range, or an ε rule the cost has no answer to.
 */
export function iterativeSolver(
  backend: Backend,
  cost: CostMatrix,
  method: IterativeMethod,
  start?: PotentialsSnapshot,
): IterativeSolver {
  const rule = method.epsilonRule ?? { kind: 'absolute' };
  if (rule.kind === 'perplexity') return new PerplexitySearch(backend, cost, method, rule.share);
  const options = { ...method, epsilon: epsilonOf(cost, method.epsilon, rule) };
  const started = start ? { start, startEpsilon: start.epsilon } : {};
  switch (options.kind) {
    case 'entropic':
      return new Sinkhorn(backend, cost, options, started);
    case 'unbalanced':
      return new Sinkhorn(backend, cost, options, { ...started, rho: options.rho });
    case 'progot':
      return new ProgOt(backend, cost, options);
  }
}

/**
 * Solves transport between the rows of `a` and of `b`.
 * @throws TransportError when the problem cannot be posed or breaks down; AbortError once `signal` is aborted.
 */
export async function solve(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  solver: Solver,
  options: SolveOptions = {},
): Promise<Solved> {
  const { signal, solutions } = options;
  const cost = await CostMatrix.build(backend, a, b, { cost: options.cost, signal });
  let iteration: IterativeSolver | undefined;
  try {
    let entries: Promise<Float32Array> | undefined;
    const read = (): Promise<Float32Array> => (entries ??= cost.readAll(signal));
    const key = await solutions?.key(cost, solver, read);
    const known = key === undefined ? undefined : solutions?.get(key);
    if (known) return restored(backend, cost, known);
    if (solver.kind === 'exact') {
      const assignment = await assign(await read(), cost.rows, cost.columns, { signal });
      if (key !== undefined) solutions?.keep(key, { kind: 'permutation', assignment });
      return permutation(cost, assignment);
    }
    iteration = iterativeSolver(backend, cost, solver);
    await iteration.run(options);
    const { plan, iterations, converged, epsilon } = iteration;
    const search = iteration instanceof PerplexitySearch ? iteration.report : undefined;
    if (key !== undefined && plan.kind !== 'permutation') {
      const { kind, potentials } = plan;
      solutions?.keep(key, { kind, potentials, iterations, converged, search });
    }
    const free = (): void => {
      iteration?.free();
      cost.free();
    };
    return { plan, iterations, converged, epsilon, ...(search ? { search } : {}), free };
  } catch (error) {
    iteration?.free();
    cost.free();
    throw error;
  }
}

/** A solution found before, of the same cost. Takes over both. */
function restored(backend: Backend, cost: CostMatrix, solution: Solution): Solved {
  if (solution.kind === 'permutation') return permutation(cost, solution.assignment);
  const { kind, potentials, iterations, converged, search } = solution;
  const free = (): void => {
    backend.free(potentials.f, potentials.g);
    cost.free();
  };
  const { epsilon } = potentials;
  const plan: Plan = { kind, cost, potentials };
  return { plan, iterations, converged, epsilon, ...(search ? { search } : {}), free };
}

/** Takes over the cost, which the plan no longer needs. */
function permutation(cost: CostMatrix, { assignment, cost: transportCost }: Assignment): Solved {
  const { columns } = cost;
  cost.free();
  const plan: Plan = { kind: 'permutation', assignment, columns, transportCost };
  return { plan, iterations: 0, converged: true, epsilon: 0, free: () => undefined };
}
