import type { BlockSpec } from '../../engine/layout';
import { specsOfSlices } from '../../engine/layout';
import { isLayout, methodOf } from '../../engine/methods';
import type { Recipe, Slice } from '../../recipe/schema';
import { methodInfo } from './methods';

/** A block of the deeper model, for a method that reorders whole blocks. */
export type OrderedBlock = Exclude<BlockSpec, { kind: 'new' }>;

/**
 * The blocks of the deeper model, bottom to top, for a method that reorders whole blocks. Empty if it cannot be applied;
 * the engine's `applicability` says why.
 */
export function deeperBlocks(recipe: Recipe, layers: number): readonly OrderedBlock[] {
  const layout = methodOf(recipe.method);
  if (!isLayout(layout) || layers === 0) return [];
  const zeroed = recipe.zeroInit === 'method' ? methodInfo(recipe.method).zeroes : recipe.zeroInit;
  try {
    return specsOfSlices(layout.slices(layers, recipe), layers, zeroed);
  } catch {
    return [];
  }
}

/** Default slices: two copies that overlap by half, as in SOLAR. */
export function defaultSlices(layers: number): Slice[] {
  const quarter = Math.floor(layers / 4);
  return [
    { start: 0, end: layers - quarter },
    { start: quarter, end: layers },
  ];
}
