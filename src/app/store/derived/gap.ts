/*
 * Room `store/derived`: values that several slices or components compute from the state, such as the gap on show. Pure
 * functions of the parts of the state in their signature. Imports `state` and the rooms below the store.
 */

import { hasTwoParents, recipeGaps } from '../../methods/gaps';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** The gap on show: the chosen one, else the recipe's highest with two parents. Undefined without a model or a gap. */
export function shownGap({ view, recipe, model }: WithView & WithRecipe & WithModel): number | undefined {
  if (model.info === undefined) return undefined;
  const { layers } = model.info;
  if (view.gap !== null && view.gap < layers) return view.gap;
  const gaps = recipeGaps(recipe.current, layers);
  return gaps.findLast((gap) => hasTwoParents(recipe.current, gap, layers)) ?? gaps.at(-1);
}
