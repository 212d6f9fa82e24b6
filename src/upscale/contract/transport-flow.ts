import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';

/** How a method matches the rows of two blocks and uses the plans. A recipe may override plan and cost. */
export interface TransportFlow {
  readonly plan: 'entropic' | 'permutation';
  /** True: use P = n·T. False: use the plan T as solved. */
  readonly rescaled: boolean;
  /** The map of the MLP's inputs: o_proj's plan, or ½ plan + ½ identity, because the residual stream adds both. */
  readonly mlpInput: 'output' | 'mixed';
  readonly cost: CostSettings;
  /**
   * `absolute`: the recipe's ε. `relative`: ε from the spread of the cost, or (balanced Sinkhorn only) from a target plan
   * perplexity. `chosen`: relative if the recipe names a target perplexity, else absolute.
   */
  readonly epsilon: 'absolute' | 'relative' | 'chosen';
}

/** Kinds of solvers, without `method` (the method decides). */
export type SolverKind = Exclude<Recipe['solver']['kind'], 'method'>;

/** Resolves the recipe's solver kind for a flow. */
export const solverKind = ({ plan }: TransportFlow, { kind }: Pick<Recipe['solver'], 'kind'>): SolverKind =>
  kind !== 'method' ? kind : plan === 'permutation' ? 'exact' : 'sinkhorn';
