import { describe, expect, it } from 'vitest';
import { interpolateViridis } from 'd3-scale-chromatic';
import { colourScale } from '../../drawing/scale';
import { costStrokes, massStrokes } from './strokes';

describe('strokes of ribbons', () => {
  it('are as wide as their mass and have the picture’s colour of it', () => {
    const scale = colourScale({ kind: 'plan', low: 0, high: 1 }, 128, { scale: 'log', fit: false });
    const [whole, half, none, double] = massStrokes(Float32Array.of(1, 0.5, 0, 2), scale);
    expect((whole?.width ?? 0) - (half?.width ?? 0)).toBeCloseTo((half?.width ?? 0) - (none?.width ?? 0), 9);
    expect(none?.width).toBeGreaterThan(0);
    expect(double?.width).toBe(whole?.width);
    expect(whole?.colour).toBe(interpolateViridis(1));
    expect(none?.colour).toBe(interpolateViridis(0));
  });

  it('without a plan are strongest where the cost is least, also where all are equal or there is none', () => {
    const [near, far] = costStrokes(Float32Array.of(1, 3));
    expect(near?.width).toBeGreaterThan(far?.width ?? NaN);
    expect(near?.colour).toBe(interpolateViridis(1));
    expect(costStrokes(Float32Array.of(2, 2)).map(({ width }) => width)).toEqual([near?.width, near?.width]);
    expect(costStrokes(new Float32Array())).toEqual([]);
  });
});
