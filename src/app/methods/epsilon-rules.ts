import type { Recipe } from '../../recipe/schema';
import { methodInfo, solverOf } from './methods';

/** How ε is chosen. */
export type EpsilonRule = 'absolute' | 'spread' | 'perplexity';

/** The rules that method and solver allow, and the current one. Only balanced Sinkhorn can bisect to a perplexity. */
export function epsilonRules(recipe: Pick<Recipe, 'method' | 'solver'>): {
  rules: readonly EpsilonRule[];
  rule: EpsilonRule;
} {
  const { epsilon } = methodInfo(recipe.method);
  const bisects = solverOf(recipe) === 'sinkhorn';
  const fixed: EpsilonRule = epsilon === 'relative' ? 'spread' : 'absolute';
  if (epsilon === 'absolute' || !bisects) return { rules: [fixed], rule: fixed };
  const rule = recipe.solver.targetPerplexity === null ? fixed : 'perplexity';
  return { rules: [fixed, 'perplexity'], rule };
}
