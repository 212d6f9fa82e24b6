import { describe, expect, it } from 'vitest';
import { weightColour } from './draw-stripe';

describe('the colour of a weight', () => {
  it('is the ground at zero and full at the limit, red above and blue below', () => {
    for (const theme of ['light', 'dark'] as const) {
      const [ground, above, below] = [0, 1, -1].map((weight) => weightColour(weight, 1, theme));
      expect(weightColour(9, 1, theme)).toEqual(above);
      expect((above?.[0] ?? 0) > (above?.[2] ?? 0) && (below?.[2] ?? 0) > (below?.[0] ?? 0)).toBe(true);
      expect(weightColour(0.5, 0, theme)).toEqual(ground);
    }
  });
});
