/*
 * Room `methods`: what a recipe means for a model of given depth, and the names of methods, gaps and blocks. Pure
 * functions of recipes: no state, no components; does not run the engine.
 */

import type { ModelInfo } from '../../engine/jobs';
import { newIndices, resolveGaps } from '../../engine/layout';
import type { GapPreset, MethodId, Recipe } from '../../recipe/schema';
import { methodInfo } from './methods';
import { deeperBlocks } from './layouts';

/** True if the method fills gaps; false if it reorders whole blocks. */
export function fillsGaps(method: MethodId): boolean {
  return methodInfo(method).parents !== 'layout';
}

/** Number of gaps a method can fill: between two blocks, and above the last if it copies the previous block. */
export function gapCount(method: MethodId, layers: number): number {
  const { parents } = methodInfo(method);
  return parents === 'layout' ? 0 : parents === 'pair' ? layers - 1 : layers;
}

/** True if the user chose the parents of a gap; then even the gap above the last block has two. */
const hasOwnParents = ({ parents }: Recipe, gap: number) => parents[gap] !== undefined;

/** The base blocks from which a gap's new block is made; by default the two adjacent ones. */
export function gapParents({ parents }: Recipe, gap: number): readonly [previous: number, next: number] {
  return parents[gap] ?? [gap, gap + 1];
}

/**
 * The gaps of a recipe in a model of `layers` blocks, ascending. Listed gaps that method or model lack are left out, so the
 * result may be empty.
 */
export function recipeGaps(recipe: Recipe, layers: number): number[] {
  const { gaps, method, group, parents } = recipe;
  const end = gapCount(method, layers);
  const exists = (gap: number) => gap < end || (end > 0 && gap === layers - 1 && hasOwnParents(recipe, gap));
  const known = typeof gaps === 'string' ? gaps : [...new Set(gaps)].filter(exists);
  if (end < 1 || known.length === 0) return [];
  // A group larger than the model leaves no gap; the panel says so.
  if (known === 'spread' && group > end) return [];
  return resolveGaps(known, layers, end === layers ? 'previous' : 'pair', { group, parents });
}

/** True if a gap has two parents to align. Above the last block only if the user chose them. */
export function hasTwoParents(recipe: Recipe, gap: number, layers: number): boolean {
  return gap + 1 < layers || hasOwnParents(recipe, gap);
}

/** The recipe for the engine, without gaps that cannot be filled. Presets of gaps keep their name. */
export function engineRecipe(recipe: Recipe, layers: number): Recipe {
  if (typeof recipe.gaps === 'string' || !fillsGaps(recipe.method)) return recipe;
  const gaps = recipeGaps(recipe, layers);
  return gaps.length === 0 ? recipe : { ...recipe, gaps };
}

/** Indices of new or repeated blocks in the deeper model. */
export function newBlocks(recipe: Recipe, layers: number): number[] {
  if (fillsGaps(recipe.method)) return newIndices(recipeGaps(recipe, layers));
  return deeperBlocks(recipe, layers).flatMap(({ kind }, index) => (kind === 'base' ? [] : [index]));
}

/** Number of blocks of the deeper model. */
export function deeperDepth(recipe: Recipe, layers: number): number {
  return fillsGaps(recipe.method)
    ? layers + recipeGaps(recipe, layers).length
    : deeperBlocks(recipe, layers).length;
}

/** The preset with exactly the recipe's gaps; undefined if none has. */
export function presetOf(
  recipe: Recipe,
  layers: number,
  presets: readonly GapPreset[],
): GapPreset | undefined {
  if (recipe.gaps === 'spread') return 'spread';
  const gaps = String(recipeGaps(recipe, layers));
  return presets.find((preset) => String(recipeGaps({ ...recipe, gaps: preset }, layers)) === gaps);
}

/** Fills an empty gap or empties a filled one. The last filled gap stays, because a recipe has at least one. */
export function withGapToggled(recipe: Recipe, gap: number, layers: number): Recipe {
  const gaps = recipeGaps(recipe, layers);
  const next = gaps.includes(gap)
    ? gaps.filter((other) => other !== gap)
    : [...gaps, gap].toSorted((a, b) => a - b);
  return next.length === 0 ? recipe : { ...recipe, gaps: next };
}

/** Moves the new block of gap `from` to the empty gap `to`; returns the recipe unchanged if that is not possible. */
export function withGapMoved(recipe: Recipe, from: number, to: number, layers: number): Recipe {
  const gaps = recipeGaps(recipe, layers);
  if (!gaps.includes(from) || gaps.includes(to) || to < 0 || to >= gapCount(recipe.method, layers))
    return recipe;
  return { ...recipe, gaps: gaps.map((gap) => (gap === from ? to : gap)).toSorted((a, b) => a - b) };
}

/** The next empty gap above (+1) or below (−1); undefined if there is none. */
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

/** Number of parameters the recipe adds; negative if slices remove more blocks than they repeat. */
export function addedParameters(recipe: Recipe, model: ModelInfo): number {
  return (deeperDepth(recipe, model.layers) - model.layers) * model.blockParameters;
}
