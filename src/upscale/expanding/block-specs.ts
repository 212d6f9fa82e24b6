import { isLayout } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/resolve';
import { resolveGaps } from './gaps';
import { parentsOf } from './parents';
import { type BlockSpec, specsOfSlices } from './slices';

/**
 * Lists all blocks of a recipe's deeper model for `layers` base blocks, bottom to top, before any weight is read.
 * @throws GapError for gaps, parents or slices that do not exist; UpscaleError if the model has too few blocks.
 */
export function blockSpecs(recipe: ExpandRecipe, layers: number): BlockSpec[] {
  const method = methodOf(recipe.method);
  if (isLayout(method)) return specsOfSlices(method.slices(layers, recipe), layers, zeroInitOf(recipe));
  const { group, parents } = recipe;
  const gaps = resolveGaps(recipe.gaps, layers, method.parents, { group, parents });
  return interleaveGaps(gaps, layers).map((place) => {
    if (place.kind === 'base') return place;
    const { previous, next } = parentsOf(place.gap, layers, parents);
    return { kind: 'new', gap: place.gap, previous, next };
  });
}

/** A block of the deeper model: base block `index`, or the new block of `gap`, which follows base block `gap`. */
type PlacedGap =
  { readonly kind: 'base'; readonly index: number } | { readonly kind: 'new'; readonly gap: number };

/** Puts new blocks into their gaps between `layers` base blocks, bottom to top. */
export function interleaveGaps(gaps: readonly number[], layers: number): PlacedGap[] {
  const chosen = new Set(gaps);
  return Array.from({ length: layers }, (_, index): PlacedGap[] => {
    const base: PlacedGap = { kind: 'base', index };
    return chosen.has(index) ? [base, { kind: 'new', gap: index }] : [base];
  }).flat();
}
