import type { Recipe } from '../../recipe/schema';
import { fillsGaps, recipeGaps } from './gaps';
import { deeperBlocks } from './layouts';

/** A gap, and the new block in it, by the base blocks on both sides: `6|7`; above the last of `layers` blocks `7|`. */
export function gapName(gap: number, layers: number): string {
  return `${gap}|${gap + 1 < layers ? gap + 1 : ''}`;
}

/** Where a gap is, for names and announcements that are read out: `between 6 and 7`, `above 7`. */
export function gapPlace(gap: number, layers: number): string {
  return gap + 1 < layers ? `between ${gap} and ${gap + 1}` : `above ${gap}`;
}

/** A block of the deeper model as the tower calls it: a base block by its number, a new one by its gap. */
export interface NamedBlock {
  /** `6`, `6|7`, or `6 again` where a method repeats base block 6. */
  readonly name: string;
  /** The base block, or the gap of a new one. */
  readonly index: number;
  readonly kind: 'base' | 'new' | 'repeated';
}

/**
 * The blocks of the deeper model from bottom to top, so that the place in the list is the block's index in the checkpoint.
 * Empty where the method cannot be applied to a model of `layers` blocks. Without a recipe they are those of the base.
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
