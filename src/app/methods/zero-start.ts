import type { Recipe } from '../../recipe/schema';
import { methodInfo } from './methods';

/** Whether new blocks start with o_proj and down_proj at zero, and so leave the model's output as it was. */
export function hasZeroStart(recipe: Recipe): boolean {
  return recipe.zeroInit === 'method' ? methodInfo(recipe.method).zeroes : recipe.zeroInit;
}
