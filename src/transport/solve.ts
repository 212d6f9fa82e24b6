import type { Backend, Tensor } from '../backend/operations';
import { assign } from './assignment';
import { CostMatrix } from './cost';
import type { CostSettings } from './cost-settings';
import { type EpsilonRule, epsilonOf, type FixedEpsilonRule } from './epsilon';
import type { IterativeSolver, RunOptions } from './iterative';
import { type PerplexityReport, PerplexitySearch } from './perplexity-search';
import type { Plan } from './plan';
import { ProgOt, type ProgOtOptions } from './progot';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';

/** A plan found by iterating. `epsilon` is not used where the rule (default: absolute) takes it from the cost. */
export type IterativeMethod =
  | ({ readonly kind: 'entropic'; readonly epsilonRule?: EpsilonRule } & SinkhornOptions)
  | ({
      readonly kind: 'unbalanced';
      readonly epsilonRule?: FixedEpsilonRule;
      /** Strength of the relaxed marginals, in units of the cost. */
      readonly rho: number;
    } & SinkhornOptions)
  | ({ readonly kind: 'progot'; readonly epsilonRule?: FixedEpsilonRule } & ProgOtOptions);

/** How a plan is found: by one of the iterations, or as the exact permutation. */
export type Solver = IterativeMethod | { readonly kind: 'exact' };

export interface SolveOptions extends RunOptions {
  /** Default: Euclidean distances of raw rows. */
  readonly cost?: CostSettings | undefined;
}

/** A plan and how it was reached. It reads the matrices it was made from until it is freed. */
export interface Solved {
  readonly plan: Plan;
  readonly iterations: number;
  readonly converged: boolean;
  /** The plan's ε; 0 for a permutation. */
  readonly epsilon: number;
  /** Where ε was looked for by perplexity. */
  readonly search?: PerplexityReport;
  free(): void;
}

/**
 * A solver of the problem posed by `cost`, which must outlive it, at its start. The caller frees it.
 * @throws TransportError for options outside their range, or an ε rule the cost has no answer to.
 */
export function iterativeSolver(
  backend: Backend,
  cost: CostMatrix,
  method: IterativeMethod,
): IterativeSolver {
  const rule = method.epsilonRule ?? { kind: 'absolute' };
  if (rule.kind === 'perplexity') return new PerplexitySearch(backend, cost, method, rule.share);
  const options = { ...method, epsilon: epsilonOf(cost, method.epsilon, rule) };
  switch (options.kind) {
    case 'entropic':
      return new Sinkhorn(backend, cost, options);
    case 'unbalanced':
      return new Sinkhorn(backend, cost, options, { rho: options.rho });
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
  const { signal } = options;
  const cost = await CostMatrix.build(backend, a, b, { cost: options.cost, signal });
  if (solver.kind === 'exact') {
    try {
      const { rows, columns } = cost;
      const { assignment, cost: transportCost } = await assign(await cost.readAll(signal), rows, columns, {
        signal,
      });
      const plan: Plan = { kind: 'permutation', assignment, columns, transportCost };
      return { plan, iterations: 0, converged: true, epsilon: 0, free: () => undefined };
    } finally {
      cost.free();
    }
  }
  let iteration: IterativeSolver | undefined;
  const free = (): void => {
    iteration?.free();
    cost.free();
  };
  try {
    iteration = iterativeSolver(backend, cost, solver);
    await iteration.run(options);
    const { plan, iterations, converged, epsilon } = iteration;
    const solved = { plan, iterations, converged, epsilon, free };
    return iteration instanceof PerplexitySearch ? { ...solved, search: iteration.report } : solved;
  } catch (error) {
    free();
    throw error;
  }
}
