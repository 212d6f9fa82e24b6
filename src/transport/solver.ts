import type { EpsilonRule, FixedEpsilonRule } from './epsilon';
import type { PerplexityReport } from './perplexity-search';
import type { Plan } from './plan';
import type { ProgOtOptions } from './progot';
import type { SinkhornOptions } from './sinkhorn-options';

/** Settings of an iterative solver. `epsilon` is used only if the rule is `absolute` (default). */
export type IterativeSolverSettings =
  | ({ readonly kind: 'entropic'; readonly epsilonRule?: EpsilonRule } & SinkhornOptions)
  | ({
      readonly kind: 'unbalanced';
      readonly epsilonRule?: FixedEpsilonRule;
      /** Strength of the relaxed marginals, in units of the cost. */
      readonly rho: number;
    } & SinkhornOptions)
  | ({ readonly kind: 'progot'; readonly epsilonRule?: FixedEpsilonRule } & ProgOtOptions);

/** Settings of any solver: an iterative one, or exact assignment. */
export type Solver = IterativeSolverSettings | { readonly kind: 'exact' };

/** Result of a solve. The plan reads the matrices it was computed from, until it is freed. */
export interface SolveResult {
  readonly plan: Plan;
  readonly iterations: number;
  readonly converged: boolean;
  /** ε of the plan; 0 for a permutation. */
  readonly epsilon: number;
  /** Only if ε was searched by perplexity. */
  readonly search?: PerplexityReport;
  free(): void;
}
