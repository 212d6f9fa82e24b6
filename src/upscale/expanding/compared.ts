import type { Block } from '../../llama/block';
import type { BlockSource } from '../block/borrow';
import { UpscaleError } from '../block/errors';
import { METHODS } from '../methods';
import { isLayout } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';

/** What is compared of the two blocks of a gap, keyed as their weights: these themselves, or features that stand for them. */
export interface Compared {
  readonly previous: Block;
  readonly next: Block;
}

/** Whether a recipe's costs are between activations: it asks for them, and its method has costs. */
export function comparesActivations({ method, cost }: Pick<ExpandRecipe, 'method' | 'cost'>): boolean {
  const found = METHODS[method];
  return cost.features === 'activations' && !isLayout(found) && found.flow !== undefined;
}

/**
 * Where the features of blocks come from; undefined for a recipe that compares weights.
 * @throws UpscaleError where activations are asked for and none are at hand.
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
