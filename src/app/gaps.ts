import type { ModelInfo } from '../engine/jobs';
import { newIndices, resolveGaps } from '../engine/layout';
import type { GapPreset, MethodId, Recipe } from '../recipe/schema';
import { takesPair } from './methods';

/** The number of gaps a method can fill: between any two blocks, and for copies also after the last. */
export function gapCount(method: MethodId, layers: number): number {
  return takesPair(method) ? layers - 1 : layers;
}

/**
 * A recipe's gaps in a model of `layers` blocks, ascending. Gaps of a list that the method or the model does not have are
 * left out; with none left there is nothing to draw and the list is empty.
 */
export function recipeGaps({ gaps, method }: Recipe, layers: number): number[] {
  const end = gapCount(method, layers);
  const known = typeof gaps === 'string' ? gaps : [...new Set(gaps)].filter((gap) => gap < end);
  if (end < 1 || known.length === 0) return [];
  return resolveGaps(known, layers, takesPair(method) ? 'pair' : 'previous');
}

/** Whether a gap lies between two blocks. Above the last one a copy can stand, but there is no pair to align. */
export function isPair(gap: number, layers: number): boolean {
  return gap + 1 < layers;
}

/** The recipe as the engine gets it: with gaps it can fill. Named sets keep their name. */
export function engineRecipe(recipe: Recipe, layers: number): Recipe {
  return typeof recipe.gaps === 'string' ? recipe : { ...recipe, gaps: recipeGaps(recipe, layers) };
}

/** Indices of the new blocks in the deeper model. */
export function newBlocks(recipe: Recipe, layers: number): number[] {
  return newIndices(recipeGaps(recipe, layers));
}

/** The preset that names exactly the recipe's gaps, if one does. */
export function presetOf(
  recipe: Recipe,
  layers: number,
  presets: readonly GapPreset[],
): GapPreset | undefined {
  const gaps = String(recipeGaps(recipe, layers));
  return presets.find((preset) => String(recipeGaps({ ...recipe, gaps: preset }, layers)) === gaps);
}

/** The same recipe with the gap filled or emptied. The last new block stays: a recipe has at least one. */
export function toggled(recipe: Recipe, gap: number, layers: number): Recipe {
  const gaps = recipeGaps(recipe, layers);
  const next = gaps.includes(gap)
    ? gaps.filter((other) => other !== gap)
    : [...gaps, gap].toSorted((a, b) => a - b);
  return next.length === 0 ? recipe : { ...recipe, gaps: next };
}

/** Parameters the recipe adds. */
export function addedParameters(recipe: Recipe, model: ModelInfo): number {
  return recipeGaps(recipe, model.layers).length * model.blockParameters;
}
