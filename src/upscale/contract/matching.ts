import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';
import type { FixedEpsilonRule } from '../../transport/epsilon';
import type { Solver } from '../../transport/solve';
import { type TransportFlow, solverKind } from './transport-flow';

/** True if ε is computed from the cost, not read from the recipe. */
export function takesEpsilonFromCost(
  { epsilon }: TransportFlow,
  { kind, targetPerplexity }: Recipe['solver'],
): boolean {
  const bisects = targetPerplexity !== null && (kind === 'method' || kind === 'sinkhorn');
  return epsilon === 'relative' || (epsilon === 'chosen' && bisects);
}

/** Resolves the recipe's solver settings for a flow. */
export function flowSolver(flow: TransportFlow, { solver, seed }: Pick<Recipe, 'solver' | 'seed'>): Solver {
  const { epsilon, tolerance, maxIterations, acceleration, rho, steps, schedule } = solver;
  const { spread, targetPerplexity } = solver;
  const relative = takesEpsilonFromCost(flow, solver);
  const epsilonRule: FixedEpsilonRule = relative ? { kind: 'spread', factor: spread } : { kind: 'absolute' };
  const options = { epsilon, tolerance, maxIterations, acceleration, seed, epsilonRule };
  switch (solverKind(flow, solver)) {
    case 'exact':
      return { kind: 'exact' };
    case 'unbalanced':
      return { kind: 'unbalanced', ...options, rho };
    case 'progot':
      return { kind: 'progot', ...options, steps, schedule };
    case 'sinkhorn':
      return relative && targetPerplexity !== null
        ? { kind: 'entropic', ...options, epsilonRule: { kind: 'perplexity', share: targetPerplexity } }
        : { kind: 'entropic', ...options };
  }
}

/**
 * Resolves the recipe's ground cost for a flow. Without a flow it is the Euclidean distance of raw rows. A method's own
 * metric is for weights only; for activations, whose rows are centred and of unit length, it becomes 1 − correlation.
 */
export const flowCost = (
  flow: TransportFlow | undefined,
  { metric, rows, scale, features }: Pick<Recipe['cost'], 'metric' | 'rows' | 'scale' | 'features'>,
): CostSettings => ({
  metric:
    metric !== 'method' ? metric : features === 'activations' ? 'cosine' : (flow?.cost.metric ?? 'euclidean'),
  rows: rows === 'method' ? (flow?.cost.rows ?? 'raw') : rows,
  scale: scale === 'method' ? (flow?.cost.scale ?? 'none') : scale,
});
