import { describe, expect, it } from 'vitest';
import { errorCurve } from './curve';

describe('the error curve', () => {
  it('falls by the same height for every factor of ten', () => {
    const { x, y } = errorCurve(
      [
        [0, 1],
        [4, 1e-4],
      ],
      1e-4,
      400,
      60,
    );
    expect(y(0.1) - y(1)).toBeCloseTo(y(0.01) - y(0.1), 9);
    expect(y(1)).toBeLessThan(y(1e-4));
    expect([x(0), x(2), x(4)]).toEqual([4, 200, 396]);
  });

  it('has a place for an error of zero, a single point and none', () => {
    for (const points of [
      [],
      [[0, 0]],
      [
        [0, 1],
        [1, 0],
      ],
    ] as [number, number][][]) {
      const curve = errorCurve(points, 1e-5, 100, 50);
      expect(curve.path).not.toMatch(/NaN|Infinity/);
      expect(Number.isFinite(curve.x(0)) && Number.isFinite(curve.y(0))).toBe(true);
    }
  });
});
