/*
 * Room `methods`: what a recipe comes to in a model of so many blocks, and what methods, gaps and blocks are called.
 * Plain functions on recipes: no state, no elements, and nothing that runs the engine.
 */

import type { ModelInfo } from '../../engine/jobs';
import { newIndices, resolveGaps } from '../../engine/layout';
import type { GapPreset, MethodId, Recipe } from '../../recipe/schema';
import { methodInfo } from './methods';
import { deeperBlocks } from './layouts';

/** Whether the method fills gaps at all. */
export function fillsGaps(method: MethodId): boolean {
  return methodInfo(method).parents !== 'layout';
}

/** The number of gaps a method can fill: between any two blocks, and for copies of the block below also after the last. */
export function gapCount(method: MethodId, layers: number): number {
  const { parents } = methodInfo(method);
  return parents === 'layout' ? 0 : parents === 'pair' ? layers - 1 : layers;
}

/** Whether a gap's parents were chosen by hand, so that even one above the last block has two. */
const hasChosenParents = ({ parents }: Recipe, gap: number) => parents[gap] !== undefined;

/** The base blocks that a gap's new block is made from. */
export function gapParents({ parents }: Recipe, gap: number): readonly [previous: number, next: number] {
  return parents[gap] ?? [gap, gap + 1];
}

/**
 * A recipe's gaps in a model of `layers` blocks, ascending. Gaps of a list that the method or the model does not have are
 * left out; with none left there is nothing to draw and the list is empty.
 */
export function recipeGaps(recipe: Recipe, layers: number): number[] {
  const { gaps, method, group, parents } = recipe;
  const end = gapCount(method, layers);
  const exists = (gap: number) =>
    gap < end || (end > 0 && gap === layers - 1 && hasChosenParents(recipe, gap));
  const known = typeof gaps === 'string' ? gaps : [...new Set(gaps)].filter(exists);
  if (end < 1 || known.length === 0) return [];
  // Groups larger than the model leave no gap; the panel then says so.
  if (known === 'spread' && group > end) return [];
  return resolveGaps(known, layers, end === layers ? 'previous' : 'pair', { group, parents });
}

/** Whether a gap has two parents. Above the last block a copy can stand, but unless chosen by hand there is no pair to align. */
export function hasTwoParents(recipe: Recipe, gap: number, layers: number): boolean {
  return gap + 1 < layers || hasChosenParents(recipe, gap);
}

/** The recipe as the engine gets it: with gaps it can fill. Named sets keep their name. */
export function engineRecipe(recipe: Recipe, layers: number): Recipe {
  if (typeof recipe.gaps === 'string' || !fillsGaps(recipe.method)) return recipe;
  const gaps = recipeGaps(recipe, layers);
  return gaps.length === 0 ? recipe : { ...recipe, gaps };
}

/** Indices in the deeper model of the blocks that the base does not have. */
export function newBlocks(recipe: Recipe, layers: number): number[] {
  if (fillsGaps(recipe.method)) return newIndices(recipeGaps(recipe, layers));
  return deeperBlocks(recipe, layers).flatMap(({ kind }, index) => (kind === 'base' ? [] : [index]));
}

/** Blocks of the deeper model. */
export function deeperDepth(recipe: Recipe, layers: number): number {
  return fillsGaps(recipe.method)
    ? layers + recipeGaps(recipe, layers).length
    : deeperBlocks(recipe, layers).length;
}

/** The preset that names exactly the recipe's gaps, if one does. */
export function presetOf(
  recipe: Recipe,
  layers: number,
  presets: readonly GapPreset[],
): GapPreset | undefined {
  if (recipe.gaps === 'spread') return 'spread';
  const gaps = String(recipeGaps(recipe, layers));
  return presets.find((preset) => String(recipeGaps({ ...recipe, gaps: preset }, layers)) === gaps);
}

/** The same recipe with the gap filled or emptied. The last new block stays: a recipe has at least one. */
export function withGapToggled(recipe: Recipe, gap: number, layers: number): Recipe {
  const gaps = recipeGaps(recipe, layers);
  const next = gaps.includes(gap)
    ? gaps.filter((other) => other !== gap)
    : [...gaps, gap].toSorted((a, b) => a - b);
  return next.length === 0 ? recipe : { ...recipe, gaps: next };
}

/** The same recipe with the new block of gap `from` in the empty gap `to`; as it is where there is no such move. */
export function withGapMoved(recipe: Recipe, from: number, to: number, layers: number): Recipe {
  const gaps = recipeGaps(recipe, layers);
  if (!gaps.includes(from) || gaps.includes(to) || to < 0 || to >= gapCount(recipe.method, layers))
    return recipe;
  return { ...recipe, gaps: gaps.map((gap) => (gap === from ? to : gap)).toSorted((a, b) => a - b) };
}

/** The next empty gap above (+1) or below (−1); undefined where all are filled. */
export function nextEmptyGap(
  recipe: Recipe,
  from: number,
  direction: 1 | -1,
  layers: number,
): number | undefined {
  const gaps = recipeGaps(recipe, layers);
  const end = gapCount(recipe.method, layers);
  for (let gap = from + direction; gap >= 0 && gap < end; gap += direction)
    if (!gaps.includes(gap)) return gap;
  return undefined;
}

/** Parameters the recipe adds; below 0 where slices leave more blocks out than they repeat. */
export function addedParameters(recipe: Recipe, model: ModelInfo): number {
  return (deeperDepth(recipe, model.layers) - model.layers) * model.blockParameters;
}
