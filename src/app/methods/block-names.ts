import { gapName } from '../../recipe/gap-name';
import type { Recipe } from '../../recipe/schema';
import { fillsGaps, recipeGaps } from './gaps';
import { deeperBlocks } from './layouts';

export { gapName };

/** Name of a module list entry of the deeper checkpoint, so that a block's index there is not taken for the name of a gap. */
export function moduleName(index: number): string {
  return `model.layers.${index}`;
}

/** A block of the deeper model with its name in the tower. */
export interface NamedBlock {
  /** `6`, `6|7`, or `6 again` where a method repeats base block 6. */
  readonly name: string;
  /** Index of the base block, or the gap of a new block. */
  readonly index: number;
  readonly kind: 'base' | 'new' | 'repeated';
}

/**
 * Names the blocks of the deeper model, or without a recipe of the base. The index in the list is that in the checkpoint.
 * Empty if the method cannot be applied to a model of `layers` blocks.
 */
export function blockNames(recipe: Recipe | null, layers: number): readonly NamedBlock[] {
  if (recipe !== null && !fillsGaps(recipe.method))
    return deeperBlocks(recipe, layers).map(({ kind, index }) =>
      kind === 'base'
        ? { name: String(index), index, kind: 'base' }
        : { name: `${index} again`, index, kind: 'repeated' },
    );
  const gaps = new Set(recipe === null ? [] : recipeGaps(recipe, layers));
  return Array.from({ length: layers }, (_, index): NamedBlock[] => {
    const block: NamedBlock = { name: String(index), index, kind: 'base' };
    return gaps.has(index) ? [block, { name: gapName(index, layers), index, kind: 'new' }] : [block];
  }).flat();
}
