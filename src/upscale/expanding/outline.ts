import { isLayout } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/choices';
import { arrangement, parentsOf, resolveGaps } from './layout';
import { type Outlined, orderOf } from './slices';

/**
 * All blocks of the deeper model that a recipe makes of `layers` base blocks, bottom to top.
 * @throws GapError for gaps, parents or slices that do not exist; UpscaleError where the model has too few blocks.
 */
export function outline(recipe: ExpandRecipe, layers: number): Outlined[] {
  const method = methodOf(recipe.method);
  if (isLayout(method)) return orderOf(method.slices(layers, recipe), layers, zeroInitOf(recipe));
  const { group, parents } = recipe;
  const gaps = resolveGaps(recipe.gaps, layers, method.parents, { group, parents });
  return arrangement(gaps, layers).map((place) => {
    if (place.kind === 'base') return place;
    const { previous, next } = parentsOf(place.gap, layers, parents);
    return { kind: 'new', gap: place.gap, previous, next };
  });
}
