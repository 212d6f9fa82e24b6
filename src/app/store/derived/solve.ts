import type { Recipe } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';
import { methodInfo, planOf, solverOf } from '../../methods/methods';
import type { WithAlign } from '../state/align';
import type { WithRecipe } from '../state/recipe';

/** Key of the settings that decide an alignment. */
export function solveKey(recipe: Recipe, gap: number): string {
  const { method, solver, cost, parents, structured, zeroInit, seed } = recipe;
  // Plans of `paper` and `literal` differ only where their input maps differ; the engine decides that.
  const own = [
    method,
    parents[gap],
    ...(planOf(recipe) === 'none' ? [] : [cost]),
    ...(planOf(recipe) === 'entropic' ? [solver, seed] : [solverOf(recipe)]),
    ...(methodInfo(method).structured ? [structured, zeroInit] : []),
  ];
  return JSON.stringify(own);
}

/** Key of a plan in `AlignState.sharpness`. */
export function sharpnessKey(modelId: number, recipe: Recipe, gap: number, tensor: TensorName): string {
  return JSON.stringify([modelId, solveKey(recipe, gap), gap, tensor]);
}

/** The recipe to solve: the current one, with ε from the slider while it is dragged. */
export function solvedRecipe({ recipe, align }: WithRecipe & WithAlign): Recipe {
  const { current } = recipe;
  if (align.trial === undefined) return current;
  return { ...current, solver: { ...current.solver, epsilon: align.trial } };
}

/** Sharpness of a plan, 0 (uniform) to 1 (one partner each): 1 − log perplexity / log n. */
export function sharpnessOf(perplexity: number, n: number): number {
  return n > 1 ? Math.max(0, Math.min(1, 1 - Math.log(perplexity) / Math.log(n))) : 1;
}
