import type { ModelInfo } from '../../../engine/jobs';
import type { Recipe } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';
import { comparesActivations, methodInfo } from '../../methods/methods';
import { TENSOR_INFO } from '../../words/tensors';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** How many heads a tensor's rows belong to; 0 where they belong to none. */
export function headCount(tensor: TensorName, { heads, kvHeads }: ModelInfo): number {
  if (tensor === 'q') return heads;
  return tensor === 'k' || tensor === 'v' ? kvHeads : 0;
}

/**
 * How many heads the tensor on show is matched by, each with a plan of its own: v in the structured method, q, k and v where
 * another one compares activations. 0 where one plan matches all rows.
 */
export function partCount({ recipe, view, model }: WithRecipe & WithView & WithModel): number {
  return model.info === undefined ? 0 : partsOf(recipe.current, view.tensor, model.info);
}

/** How many heads this tensor is matched by under a recipe; 0 where one plan matches all its rows. */
export function partsOf(recipe: Recipe, tensor: TensorName, info: ModelInfo): number {
  const { headPlans } = methodInfo(recipe.method);
  const byHead =
    headPlans.length > 0
      ? headPlans.includes(TENSOR_INFO[tensor].checkpointName)
      : comparesActivations(recipe);
  return byHead ? headCount(tensor, info) : 0;
}

/** The head whose plan is on show; null is all rows. */
export function shownPart(state: WithRecipe & WithView & WithModel): number | null {
  const { part } = state.view;
  return part !== null && part < partCount(state) ? part : null;
}
