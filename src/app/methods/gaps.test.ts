import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { withGapMoved, nextEmptyGap, recipeGaps } from './gaps';

const recipe = { ...DEFAULT_RECIPE, gaps: [1, 4, 5] };

describe('moving a new block', () => {
  it('takes it to the empty gap and leaves the others', () => {
    expect(withGapMoved(recipe, 4, 2, 8).gaps).toEqual([1, 2, 5]);
    expect(withGapMoved({ ...recipe, gaps: 'top' }, 3, 0, 8).gaps).toEqual([0, 4, 5, 6]);
  });

  it('changes nothing where there is no such move', () => {
    expect(withGapMoved(recipe, 2, 3, 8)).toBe(recipe);
    expect(withGapMoved(recipe, 4, 5, 8)).toBe(recipe);
    expect(withGapMoved(recipe, 4, 7, 8)).toBe(recipe);
    expect(withGapMoved(recipe, 4, -1, 8)).toBe(recipe);
  });

  it('goes above the last block only with a copy of the block below', () => {
    expect(withGapMoved({ ...recipe, method: 'copy-previous' }, 5, 7, 8).gaps).toEqual([1, 4, 7]);
  });

  it('keeps their number, and moving back restores them', () => {
    const gap = fc.nat({ max: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(gap, { minLength: 1, maxLength: 6 }), gap, gap, (gaps, from, to) => {
        const before = { ...recipe, gaps };
        const after = withGapMoved(before, from, to, 8);
        expect(recipeGaps(after, 8)).toHaveLength(gaps.length);
        if (after !== before)
          expect(withGapMoved(after, to, from, 8).gaps).toEqual(gaps.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('the next empty gap', () => {
  it('is beyond the filled ones', () => {
    expect(nextEmptyGap(recipe, 4, 1, 8)).toBe(6);
    expect(nextEmptyGap(recipe, 4, -1, 8)).toBe(3);
    expect(nextEmptyGap(recipe, 1, -1, 8)).toBe(0);
  });

  it('is none at the end', () => {
    expect(nextEmptyGap({ ...recipe, gaps: [6] }, 6, 1, 8)).toBeUndefined();
    expect(nextEmptyGap({ ...recipe, gaps: [0] }, 0, -1, 8)).toBeUndefined();
  });
});
