import type { EpsilonRule, FixedEpsilonRule } from './epsilon';
import type { PerplexityReport } from './perplexity-search';
import type { Plan } from './plan';
import type { ProgOtOptions } from './progot';
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
