import { architectureOf } from '../../llama/config';
import type { ModelShape } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { blockSpecs } from './block-specs';

/**
 * Checks before any work that a recipe can be carried out on a model of this shape.
 * @throws GapError for gaps, parents or slices that do not exist; UpscaleError for a model or a setting the method cannot
 * work with; UnsupportedArchitectureError.
 */
export function checkApplies(recipe: ExpandRecipe, shape: ModelShape): void {
  const { architecture } = shape;
  if (architecture !== undefined) architectureOf({ architecture });
  methodOf(recipe.method).check?.(shape, recipe);
  blockSpecs(recipe, shape.layers);
}
