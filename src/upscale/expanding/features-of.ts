import type { BlockSource } from '../block/lease';
import { UpscaleError } from '../block/errors';
import type { ExpandRecipe } from '../contract/recipe';
import { comparesActivations } from '../methods/resolve';

/**
 * Returns the features if the recipe compares activations, else undefined.
 * @throws UpscaleError if the recipe compares activations and `features` is undefined.
 */
export function featuresOf(
  recipe: Pick<ExpandRecipe, 'method' | 'cost'>,
  features: BlockSource | undefined,
): BlockSource | undefined {
  if (!comparesActivations(recipe)) return undefined;
  if (features) return features;
  throw new UpscaleError(
    `${recipe.method}: expected activations of the base model to compare, got no text to run it on. ` +
      'Give a text, or choose features: weights.',
  );
}
