import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';

/** How the rows of two blocks are matched, and where their plans are used. A recipe may overrule plan and cost. */
export interface TransportFlow {
  readonly plan: 'entropic' | 'permutation';
  /** Use P = n·T rather than the bare plan T. */
  readonly rescaled: boolean;
  /** What moves the inputs of the MLP: o_proj's map, or ½ of it and ½ of the identity, as the residual stream carries it. */
  readonly mlpInput: 'output' | 'mixed';
  readonly cost: CostSettings;
  /**
   * ε as the recipe says it, or from the cost: its spread, or (balanced Sinkhorn alone) the plan perplexity it leads to.
   * `chosen` is absolute, but from the cost where the recipe names a target perplexity.
   */
  readonly epsilon: 'absolute' | 'relative' | 'chosen';
}

/** How a plan is solved, once that is no longer left to the method. */
export type SolverKind = Exclude<Recipe['solver']['kind'], 'method'>;

/** The kind of solver a recipe means for a flow. */
export const solverKind = ({ plan }: TransportFlow, { kind }: Pick<Recipe['solver'], 'kind'>): SolverKind =>
  kind !== 'method' ? kind : plan === 'permutation' ? 'exact' : 'sinkhorn';
