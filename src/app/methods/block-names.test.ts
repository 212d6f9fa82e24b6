import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { blockNames, gapName } from './block-names';

describe('a gap', () => {
  it('is named by the blocks on both sides, or by the last block below it', () => {
    expect([gapName(6, 8), gapName(7, 8)]).toEqual(['6|7', '7|']);
  });
});

describe('the blocks of a deeper model', () => {
  const names = (recipe: Parameters<typeof blockNames>[0]) => blockNames(recipe, 4).map(({ name }) => name);

  it('are named from bottom to top, new ones by their gap', () => {
    const recipe = { ...DEFAULT_RECIPE, method: 'copy-previous' as const, gaps: [1, 3] };
    expect(names(recipe)).toEqual(['0', '1', '1|2', '2', '3', '3|']);
    expect(names(null)).toEqual(['0', '1', '2', '3']);
  });

  it('say which base blocks stand there again where a method puts whole blocks in a new order', () => {
    const slices = [
      { start: 0, end: 3 },
      { start: 2, end: 4 },
    ];
    const recipe = { ...DEFAULT_RECIPE, method: 'passthrough' as const, slices };
    expect(names(recipe)).toEqual(['0', '1', '2', '2 again', '3']);
  });
});
