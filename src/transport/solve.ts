/**
 * This folder solves optimal transport between the rows of two matrices: costs, solvers (Sinkhorn, unbalanced, ProgOT, exact
 * assignment), plans and their measures. It uses only the operations of `../backend` and knows nothing about models, blocks or
 * recipes.
 */
import type { Backend, Tensor } from '../backend/operations';
import { type Assignment, assign } from './assignment';
import { CostMatrix } from './cost';
import type { CostSettings } from './cost-settings';
import { epsilonOf } from './epsilon';
import type { IterativeSolver, RunOptions } from './iterative-solver';
import { PerplexitySearch } from './perplexity-search';
import type { Plan } from './plan';
import type { PotentialsSnapshot } from './potentials';
import { ProgOt } from './progot';
import { Sinkhorn } from './sinkhorn';
import type { Solution, SolutionCache } from './solution-cache';
import type { IterativeSolverSettings, SolveResult, Solver } from './solver';

export type { IterativeSolverSettings, SolveResult, Solver };

export interface SolveOptions extends RunOptions {
  /** Default: Euclidean distances of raw rows. */
  readonly cost?: CostSettings | undefined;
  /** Cache that is read and filled. A cached solution has the same numbers as a new solve, bit for bit. */
  readonly solutions?: SolutionCache | undefined;
}

/** Float32 keeps 24 bits: of potentials up to so many ε the rest resolves less than a hundredth of ε. */
const RESOLVED = 2 ** 16;

/**
 * Returns `start` if a solve can go on from it: the solver has one ε and one cost, and float32 resolves the potentials at that ε.
 * Those of an ε that was larger by orders of magnitude are so long that nothing of the cost is left in them.
 */
export function usableStart(
  cost: CostMatrix,
  method: IterativeSolverSettings,
  start: PotentialsSnapshot | undefined,
): PotentialsSnapshot | undefined {
  const rule = method.epsilonRule ?? { kind: 'absolute' };
  if (start === undefined || method.kind === 'progot' || rule.kind === 'perplexity') return undefined;
  const limit = RESOLVED * epsilonOf(cost, method.epsilon, rule);
  const isResolved = (value: number): boolean => Math.abs(value) <= limit;
  return start.f.every(isResolved) && start.g.every(isResolved) ? start : undefined;
}

/**
 * Creates a solver of the problem given by `cost`, which must outlive it. It starts at `start` if that is given and usable.
 * The caller frees it.
 * @throws TransportError if an option is out of range, or the ε rule cannot be applied to the cost.
 */
export function iterativeSolver(
  backend: Backend,
  cost: CostMatrix,
  method: IterativeSolverSettings,
  start?: PotentialsSnapshot,
): IterativeSolver {
  const rule = method.epsilonRule ?? { kind: 'absolute' };
  if (rule.kind === 'perplexity') return new PerplexitySearch(backend, cost, method, rule.share);
  const options = { ...method, epsilon: epsilonOf(cost, method.epsilon, rule) };
  const usable = usableStart(cost, method, start);
  const started = usable ? { start: usable, startEpsilon: usable.epsilon } : {};
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
 * @throws TransportError if the input is not valid or the solve fails; AbortError once `signal` is aborted.
 */
export async function solve(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  solver: Solver,
  options: SolveOptions = {},
): Promise<SolveResult> {
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
      if (key !== undefined) solutions?.put(key, { kind: 'permutation', assignment });
      return permutation(cost, assignment);
    }
    iteration = iterativeSolver(backend, cost, solver);
    await iteration.run(options);
    const { plan, iterations, converged, epsilon } = iteration;
    const search = iteration instanceof PerplexitySearch ? iteration.report : undefined;
    if (key !== undefined && plan.kind !== 'permutation') {
      const { kind, potentials } = plan;
      solutions?.put(key, { kind, potentials, iterations, converged, search });
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

/** Makes a result from a cached solution of the same cost; takes ownership of both. */
function restored(backend: Backend, cost: CostMatrix, solution: Solution): SolveResult {
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

/** Makes a result from an assignment; frees the cost, which the plan no longer needs. */
function permutation(cost: CostMatrix, { assignment, cost: transportCost }: Assignment): SolveResult {
  const { columns } = cost;
  cost.free();
  const plan: Plan = { kind: 'permutation', assignment, columns, transportCost };
  return { plan, iterations: 0, converged: true, epsilon: 0, free: () => undefined };
}
