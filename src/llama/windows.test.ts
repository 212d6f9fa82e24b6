import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvaluationError } from './errors';
import { cutWindows, checkTokenIds } from './windows';

describe('cutWindows', () => {
  it('shares one token between neighbours', () => {
    const windows = cutWindows([0, 1, 2, 3, 4, 5, 6, 7], 4).map((ids) => Array.from(ids));
    expect(windows).toEqual([
      [0, 1, 2, 3],
      [3, 4, 5, 6],
      [6, 7],
    ]);
    expect(cutWindows([0, 1, 2, 3], 4)).toHaveLength(1);
    expect(cutWindows([0, 1, 2, 3, 4, 5, 6], 4)).toHaveLength(2);
  });

  it('predicts every token but the first exactly once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 2, max: 40 }), (length, context) => {
        const ids = Array.from({ length }, (_, i) => i);
        const windows = cutWindows(ids, context);
        expect(windows.every((window) => window.length >= 2 && window.length <= context)).toBe(true);
        expect(windows.flatMap((window) => Array.from(window.subarray(1)))).toEqual(ids.slice(1));
      }),
    );
  });

  it('refuses windows without a prediction', () => {
    expect(() => cutWindows([1, 2], 1)).toThrow(EvaluationError);
  });
});

describe('tokenIds', () => {
  it('names the first wrong id', () => {
    expect([...checkTokenIds([0, 36], 37)]).toEqual([0, 36]);
    for (const wrong of [37, -1, 1.5, Number.NaN]) {
      expect(() => checkTokenIds([0, 1, wrong, -5], 37)).toThrow(EvaluationError);
      expect(() => checkTokenIds([0, 1, wrong, -5], 37)).toThrow(new RegExp(`Token 3 of 4.*36.*${wrong}`));
    }
    expect(() => cutWindows([0, -1], 8)).toThrow(/Token 2 of 2/);
  });
});
