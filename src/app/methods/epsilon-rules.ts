import type { Recipe } from '../../recipe/schema';
import { methodInfo, solverOf } from './methods';

/** Where ε comes from. */
export type EpsilonRule = 'absolute' | 'spread' | 'perplexity';

/** The rules a method and solver can be asked for, and the one in force. Bisecting is for balanced Sinkhorn alone. */
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
