import { describe, expect, it } from 'vitest';
import { headsOf } from '../../drawing/heads';
import { layOutNeurons } from './neuron-layout';
import { ribbonPath } from './ribbon-path';

const MODEL = { heads: 4, kvHeads: 2, headDim: 8 };

describe('places of neurons', () => {
  it('share the height evenly without heads, by index or in an order', () => {
    const byIndex = layOutNeurons(4, 80, undefined, undefined);
    expect([0, 1, 2, 3].map(byIndex.y)).toEqual([10, 30, 50, 70]);
    const ordered = layOutNeurons(4, 80, undefined, Uint32Array.of(2, 0, 3, 1));
    expect([2, 0, 3, 1].map(ordered.y)).toEqual([10, 30, 50, 70]);
  });

  it('keep heads together, KV groups further apart, inside the height', () => {
    const { y, segments, head } = layOutNeurons(32, 400, headsOf('q', MODEL), undefined);
    const gaps = segments.slice(1).map(({ top }, i) => top - (segments[i]?.bottom ?? NaN));
    expect(gaps[1]).toBeGreaterThan(gaps[0] ?? NaN);
    expect(gaps[0]).toBeCloseTo(gaps[2] ?? NaN, 9);
    expect(segments[0]?.top).toBe(0);
    expect(segments.at(-1)?.bottom).toBeCloseTo(400, 9);
    for (let neuron = 0; neuron < 32; neuron++) {
      const own = segments[head(neuron) ?? NaN];
      expect(y(neuron)).toBeGreaterThan(own?.top ?? NaN);
      expect(y(neuron)).toBeLessThan(own?.bottom ?? NaN);
    }
  });
});

describe('a ribbon', () => {
  const numbers = (path: string) => [...path.matchAll(/-?[\d.]+/g)].map(Number);
  const ends = (path: string) => {
    const all = numbers(path);
    return [...all.slice(0, 2), ...all.slice(-2)];
  };
  const span = { left: 40, right: 240 };

  it('runs from its row’s place on the left to its column’s on the right', () => {
    for (const heads of [undefined, headsOf('q', MODEL)]) {
      const places = layOutNeurons(32, 400, heads, undefined);
      const path = ribbonPath({ row: 3, column: 29 }, places, places, span);
      const [x0, y0, x1, y1] = ends(path);
      expect([x0, x1]).toEqual([40, 240]);
      expect(y0).toBeCloseTo(places.y(3), 2);
      expect(y1).toBeCloseTo(places.y(29), 2);
    }
  });

  it('is bundled: half-way, ribbons of the same two heads are closer than at their ends', () => {
    const places = layOutNeurons(32, 400, headsOf('q', MODEL), undefined);
    const middle = (row: number, column: number) => {
      const all = numbers(ribbonPath({ row, column }, places, places, span));
      return all[(all.length >> 2) * 2 + 1] ?? NaN;
    };
    const [first, last] = [middle(0, 24), middle(7, 31)];
    expect(Math.abs(last - first)).toBeLessThan(0.5 * (places.y(7) - places.y(0)));
  });
});
