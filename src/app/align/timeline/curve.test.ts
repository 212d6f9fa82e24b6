import { describe, expect, it } from 'vitest';
import { MARGIN, errorCurve, pointCurve, timeAxis } from './curve';

const BOX = { width: 416, height: 60 };

describe('the axis of half-steps', () => {
  it('has the first and the last half-step under the ends of the slider, and finds them again', () => {
    const axis = timeAxis(40, BOX.width);
    expect([axis.x(0), axis.x(20), axis.x(40)]).toEqual([MARGIN, 208, BOX.width - MARGIN]);
    for (const step of [0, 1, 13, 40]) expect(axis.halfStepAt(axis.x(step))).toBe(step);
    expect([axis.halfStepAt(-50), axis.halfStepAt(9999)]).toEqual([0, 40]);
  });

  it('has room for a solve of no half-steps', () => {
    expect(Number.isFinite(timeAxis(0, 0).x(0))).toBe(true);
  });
});

describe('the error curve', () => {
  const axis = timeAxis(4, BOX.width);

  it('falls by the same height for every factor of ten', () => {
    const { y } = errorCurve([], 1e-4, axis, BOX);
    expect(y(1e-4) - y(1e-3)).toBeGreaterThan(0);
    const wide = errorCurve(
      [
        [0, 1],
        [4, 1e-4],
      ],
      1e-4,
      axis,
      BOX,
    );
    expect(wide.y(0.1) - wide.y(1)).toBeCloseTo(wide.y(0.01) - wide.y(0.1), 9);
  });

  it('gives every stretch to the half-step that made it', () => {
    const errors = [1, 1, 0.1, 0.1, 0.01].map((error, step) => [step, error] as const);
    const { columns, rows, y } = errorCurve(errors, 1e-4, axis, BOX);
    // Column half-steps repeat the error, row half-steps lower it.
    expect(columns).toBe(
      `M${axis.x(0)},${y(1)}L${axis.x(1)},${y(1)}M${axis.x(2)},${y(0.1)}L${axis.x(3)},${y(0.1)}`,
    );
    expect(rows).toBe(
      `M${axis.x(1)},${y(1)}L${axis.x(2)},${y(0.1)}M${axis.x(3)},${y(0.1)}L${axis.x(4)},${y(0.01)}`,
    );
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
      const curve = errorCurve(points, 1e-5, axis, BOX);
      expect(curve.columns + curve.rows).not.toMatch(/NaN|Infinity/);
      expect(Number.isFinite(curve.y(0))).toBe(true);
    }
  });
});

describe('the curve of a measure', () => {
  const axis = timeAxis(2, BOX.width);
  const point = (halfStep: number, transportCost: number) => ({ halfStep, transportCost, planPerplexity: 2 });

  it('spans the box between its least and its largest value', () => {
    const { y } = pointCurve([point(0, 3), point(1, 1), point(2, 2)], 'transportCost', axis, BOX);
    expect(y(1) - y(2)).toBeCloseTo(y(2) - y(3), 9);
    expect(y(1)).toBeGreaterThan(BOX.height - 10);
    expect(y(3)).toBeLessThan(10);
  });

  it('leaves out what is not a number and survives a constant and nothing', () => {
    const broken = pointCurve([point(0, 1), point(1, Number.NaN), point(2, 2)], 'transportCost', axis, BOX);
    expect(broken.path).toBe(`M${axis.x(0)},${broken.y(1)}L${axis.x(2)},${broken.y(2)}`);
    expect(pointCurve([point(0, 1), point(2, 1)], 'planPerplexity', axis, BOX).y(2)).toBe(BOX.height / 2);
    expect(pointCurve([], 'transportCost', axis, BOX).path).toBe('');
  });
});
