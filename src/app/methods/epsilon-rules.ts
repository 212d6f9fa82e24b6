import type { Recipe } from '../../recipe/schema';
import { methodWords, solverOf } from './methods';

/** Where ε comes from. */
export type Rule = 'absolute' | 'spread' | 'perplexity';

/** The rules a method and solver can be asked for, and the one in force. Bisecting is for balanced Sinkhorn alone. */
export function epsilonRules(recipe: Pick<Recipe, 'method' | 'solver'>): {
  rules: readonly Rule[];
  rule: Rule;
} {
  const { epsilon } = methodWords(recipe.method);
  const bisects = solverOf(recipe) === 'sinkhorn';
  const fixed: Rule = epsilon === 'relative' ? 'spread' : 'absolute';
  if (epsilon === 'absolute' || !bisects) return { rules: [fixed], rule: fixed };
  const rule = recipe.solver.targetPerplexity === null ? fixed : 'perplexity';
  return { rules: [fixed, 'perplexity'], rule };
}
