import type { ModelInfo } from '../../../engine/jobs';
import type { Recipe } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';
import { comparesActivations, methodInfo } from '../../methods/methods';
import { TENSOR_INFO } from '../../words/tensors';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** Number of heads of a tensor's rows; 0 if they belong to none. */
export function headCount(tensor: TensorName, { heads, kvHeads }: ModelInfo): number {
  if (tensor === 'q') return heads;
  return tensor === 'k' || tensor === 'v' ? kvHeads : 0;
}

/**
 * Number of head plans of the tensor on show; 0 if one plan matches all rows. v has them in the structured method; q, k
 * and v have them in other methods that compare activations.
 */
export function partCount({ recipe, view, model }: WithRecipe & WithView & WithModel): number {
  return model.info === undefined ? 0 : partsOf(recipe.current, view.tensor, model.info);
}

/** Number of head plans of a tensor under a recipe; 0 if one plan matches all rows. */
export function partsOf(recipe: Recipe, tensor: TensorName, info: ModelInfo): number {
  const { headPlans } = methodInfo(recipe.method);
  const byHead =
    headPlans.length > 0 ? headPlans.includes(TENSOR_INFO[tensor].fullName) : comparesActivations(recipe);
  return byHead ? headCount(tensor, info) : 0;
}

/** The head whose plan is on show; null for all rows. */
export function shownPart(state: WithRecipe & WithView & WithModel): number | null {
  const { part } = state.view;
  return part !== null && part < partCount(state) ? part : null;
}
