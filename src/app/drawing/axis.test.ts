import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickStep } from './axis';
import { headTint, headsOf, rotaryPartner } from './heads';
import { layoutOf } from './layout';

const MODEL = { heads: 4, kvHeads: 2, headDim: 32 };

describe('heads', () => {
  it('are query heads of q, named with their KV group, and KV heads of k and v', () => {
    const q = headsOf('q', MODEL);
    expect(q?.count).toBe(4);
    expect([0, 1, 2, 3].map((head) => q?.group(head))).toEqual([0, 0, 1, 1]);
    expect(q?.names(3)).toEqual(['KV 1 · head 3', 'head 3', '3']);
    for (const tensor of ['k', 'v'] as const) {
      expect(headsOf(tensor, MODEL)?.count).toBe(2);
      expect(headsOf(tensor, MODEL)?.names(1)[0]).toBe('KV head 1');
    }
    for (const tensor of ['o', 'gate', 'up', 'down'] as const) expect(headsOf(tensor, MODEL)).toBeUndefined();
  });

  it('have rotary pairs of j and j + h/2 in q and k, and none in v', () => {
    const q = headsOf('q', MODEL);
    expect(rotaryPartner(0, q)).toBe(16);
    expect(rotaryPartner(32 + 31, q)).toBe(32 + 15);
    fc.assert(
      fc.property(fc.nat({ max: 127 }), (index) => {
        const partner = rotaryPartner(index, q) ?? NaN;
        expect(rotaryPartner(partner, q)).toBe(index);
        expect(Math.floor(partner / 32)).toBe(Math.floor(index / 32));
      }),
    );
    expect(rotaryPartner(5, headsOf('v', MODEL))).toBeUndefined();
    expect(rotaryPartner(5, undefined)).toBeUndefined();
  });

  it('are tinted alike within a KV group, and apart from their neighbours', () => {
    const q = headsOf('q', MODEL);
    if (q === undefined) throw new Error('q has heads');
    expect(headTint(q, 0).colour).toBe(headTint(q, 1).colour);
    expect(headTint(q, 0).opacity).not.toBe(headTint(q, 1).opacity);
    expect(headTint(q, 1).colour).not.toBe(headTint(q, 2).colour);
  });
});

describe('an axis', () => {
  it('labels places at powers of two, never closer than asked', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 200, noNaN: true }),
        fc.double({ min: 5, max: 60, noNaN: true }),
        (perPlace, spacing) => {
          const step = tickStep(perPlace, spacing);
          expect(Math.log2(step) % 1).toBe(0);
          expect(step * perPlace).toBeGreaterThanOrEqual(spacing * 0.999);
          if (step > 1) expect((step / 2) * perPlace).toBeLessThan(spacing);
        },
      ),
    );
  });

  it('leaves a picture that fits its room with everything around it', () => {
    const heads = headsOf('q', MODEL);
    for (const [width, height] of [
      [828, 560],
      [366, 366],
      [400, Infinity],
    ] as const) {
      const axis = { size: 128, title: '', heads };
      const { left, top, right, bottom, side } = layoutOf(
        { width, height },
        { rows: axis, columns: axis },
        1,
      );
      expect(left + side + right).toBeLessThanOrEqual(width);
      expect(top + side + bottom).toBeLessThanOrEqual(height);
      expect(side).toBeGreaterThan(250);
    }
  });
});
