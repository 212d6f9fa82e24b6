import type { Recipe } from '../../recipe/schema';
import { methodInfo } from './methods';

/** True if o_proj and down_proj of new blocks start at zero, so that the deeper model's output equals the base's. */
export function hasZeroStart(recipe: Recipe): boolean {
  return recipe.zeroInit === 'method' ? methodInfo(recipe.method).zeroes : recipe.zeroInit;
}
