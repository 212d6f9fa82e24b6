import type { Recipe } from '../../recipe/schema';
import { fillsGaps } from './gaps';
import { deeperBlocks } from './layouts';
import { methodInfo } from './methods';

/** True if o_proj and down_proj of new blocks start at zero, so that the deeper model's output equals the base's. */
export function hasZeroStart(recipe: Recipe): boolean {
  return recipe.zeroInit === 'method' ? methodInfo(recipe.method).zeroes : recipe.zeroInit;
}

/**
 * True if the untrained deeper model computes what the base computes, bit for bit, whatever the weights: every base block
 * stands there once and in order, and each further block has zero output projections, so that it adds nothing to the
 * residual stream.
 */
export function computesBase(recipe: Recipe, layers: number): boolean {
  if (fillsGaps(recipe.method)) return hasZeroStart(recipe);
  const blocks = deeperBlocks(recipe, layers).filter((block) => block.kind !== 'scaled' || block.scale !== 0);
  return (
    layers > 0 &&
    blocks.length === layers &&
    blocks.every(({ kind, index }, i) => kind === 'base' && index === i)
  );
}
