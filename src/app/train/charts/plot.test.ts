import { describe, expect, it } from 'vitest';
import { testRace, testRun } from '../../store/train/testing';
import { raceCurves } from './curves';
import { domainOf, plotOf } from './plot';

describe('the axis up', () => {
  it('holds all values of all arms, bands included', () => {
    const curves = raceCurves(
      testRace([testRun('a', 0), testRun('a', 9), testRun('b', 0, { height: 2 })]),
      'tokens',
    );
    const domain = domainOf(curves, 'loss', 'all');
    expect(domain?.high).toBeGreaterThanOrEqual(4.09);
    expect(domain?.low).toBeLessThanOrEqual(2.1);
    expect(domain?.end).toBe(2000);
  });

  it('is no finer than a hundredth of a nat', () => {
    const flat = { ...testRun('a', 0), losses: [2, 2.0001, 2.0002] };
    const domain = domainOf(raceCurves(testRace([flat]), 'tokens'), 'loss', 'all');
    expect((domain?.high ?? 0) - (domain?.low ?? 0)).toBeGreaterThanOrEqual(0.01);
    expect(domain?.low).toBeLessThan(2);
    expect(domain?.high).toBeGreaterThan(2.0002);
  });

  it('can be fitted to the later half, which leaves a bad start out', () => {
    const start = { ...testRun('a', 0), losses: [11, 9, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3] };
    const curves = raceCurves(testRace([start]), 'tokens');
    expect(domainOf(curves, 'loss', 'all')?.high).toBeGreaterThanOrEqual(11);
    expect(domainOf(curves, 'loss', 'late')?.high).toBeLessThan(3.1);
  });

  it('is not there before the first value', () => {
    const none = { ...testRun('a', 0), losses: [], evaluations: [] };
    expect(domainOf(raceCurves(testRace([none]), 'tokens'), 'loss', 'all')).toBeUndefined();
  });
});

describe('a plot', () => {
  const plot = plotOf({ end: 1000, low: 2, high: 4 }, 300, 100);
  const point = (x: number, value: number | null, seeds = 1) => ({
    step: x,
    x,
    value,
    low: value,
    high: value,
    seeds,
  });

  it('runs from its corner to the end, and back', () => {
    expect([plot.x(0), plot.x(1000), plot.y(4), plot.y(2)]).toEqual([0, 300, 0, 100]);
    expect([plot.valueAt(150), plot.valueAt(-5), plot.valueAt(400)]).toEqual([500, 0, 1000]);
    expect(plot.xTicks[0]).toEqual({ at: 0, label: '0' });
    expect(plot.xTicks.at(-1)).toEqual({ at: 300, label: '1.0k' });
    expect(plot.yTicks.map(({ label }) => label)).toContain('3.0');
  });

  it('breaks a line where there is no value, and never draws one', () => {
    const path = plot.line([point(0, 2), point(100, 3), point(200, null), point(300, 3), point(400, 4)]);
    expect(path).toBe('M0,100L30,50M90,50L120,0');
  });

  it('has a band only where there are several seeds', () => {
    expect(plot.band([point(0, 2), point(100, 3)])).toBe('');
    expect(plot.band([point(0, 2, 2), point(100, 3, 2)])).not.toBe('');
  });
});
