import type { Recipe } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';
import { methodInfo, planOf, solverOf } from '../../methods/methods';
import type { WithAlign } from '../state/align';
import type { WithRecipe } from '../state/recipe';

/** The part of a recipe that decides an alignment, as a key. */
export function solveKey(recipe: Recipe, gap: number): string {
  const { method, solver, cost, parents, structured, zeroInit, seed } = recipe;
  // `paper` and `literal` differ in their plans only where the input map does, but the engine is the judge of that.
  const own = [
    method,
    parents[gap],
    ...(planOf(recipe) === 'none' ? [] : [cost]),
    ...(planOf(recipe) === 'entropic' ? [solver, seed] : [solverOf(recipe)]),
    ...(methodInfo(method).structured ? [structured, zeroInit] : []),
  ];
  return JSON.stringify(own);
}

/** Names the plan of one tensor of one gap under a recipe, in `AlignState.sharpness`. */
export function sharpnessKey(modelId: number, recipe: Recipe, gap: number, tensor: TensorName): string {
  return JSON.stringify([modelId, solveKey(recipe, gap), gap, tensor]);
}

/** The recipe that is solved: the one in force, with the ε that is being tried. */
export function solvedRecipe({ recipe, align }: WithRecipe & WithAlign): Recipe {
  const { current } = recipe;
  if (align.trial === undefined) return current;
  return { ...current, solver: { ...current.solver, epsilon: align.trial } };
}

/** How far a plan is from uniform (0) on the way to one partner each (1): 1 − log perplexity / log n. */
export function sharpnessOf(perplexity: number, n: number): number {
  return n > 1 ? Math.max(0, Math.min(1, 1 - Math.log(perplexity) / Math.log(n))) : 1;
}
