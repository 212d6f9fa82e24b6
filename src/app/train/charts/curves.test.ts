import { describe, expect, it } from 'vitest';
import { testRace, testRun } from '../../store/train/testing';
import { nearestPoint, raceCurves, movingAverage, SMOOTHING } from './curves';

describe('curves over seeds', () => {
  const race = testRace([testRun('a', 0), testRun('a', 1, { done: 10 })]);
  const [arm] = raceCurves(race, 'tokens');

  it('are means with a range as far as all seeds have come, then of those that have come further', () => {
    const points = arm?.points.heldout ?? [];
    expect(points.map(({ x }) => x)).toEqual([0, 500, 1000, 1500, 2000]);
    expect(points.map(({ seeds }) => seeds)).toEqual([2, 2, 2, 1, 1]);
    const [first] = points;
    expect(first?.value).toBeCloseTo(4.105, 12);
    expect(first?.low).toBeCloseTo(4.1, 12);
    expect(first?.high).toBeCloseTo(4.11, 12);
    expect(points[3]?.low).toBe(points[3]?.high);
  });

  it('place a training loss at the steps done before it', () => {
    expect(arm?.raw.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(arm?.raw[0]?.value).toBeCloseTo(4.005, 12);
  });

  it('count compute by the arm’s own cost, and have no points before that is known', () => {
    const [known] = raceCurves(race, 'compute');
    expect([known?.points.loss[1]?.x, known?.end]).toEqual([1200, 24_000]);
    const { facts: _, ...unknown } = testRun('a', 0);
    const [none] = raceCurves(testRace([unknown]), 'compute');
    expect([none?.points.loss, none?.raw, none?.end]).toEqual([[], [], 0]);
  });

  it('leave out what is not finite, and break where no seed is', () => {
    const wrong = {
      ...testRun('a', 0),
      losses: [3, Number.NaN, 3],
      evaluations: testRun('a', 0).evaluations.map((at) => ({
        ...at,
        retention: at.step === 5 ? null : at.retention,
      })),
    };
    const [alone] = raceCurves(testRace([wrong]), 'tokens');
    expect(alone?.points.loss.map(({ value }) => value)).toEqual([3, null, 3]);
    expect(alone?.points.retention.map(({ value }) => value === null)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    const [both] = raceCurves(testRace([wrong, testRun('a', 1)]), 'tokens');
    expect(both?.points.retention.map(({ seeds }) => seeds)).toEqual([2, 1, 2, 2, 2]);
  });

  it('have a few hundred points at most, which stay while the run goes on, the last one always', () => {
    const steps = (done: number) =>
      raceCurves(testRace([testRun('a', 0, { steps: 2000, done })]), 'tokens')[0]?.points.loss.map(
        ({ step }) => step,
      ) ?? [];
    const all = steps(2000);
    expect(all.length).toBeLessThan(310);
    expect(all.at(-1)).toBe(1999);
    const part = steps(1000);
    expect(part.at(-1)).toBe(999);
    expect(part.slice(0, -1)).toEqual(all.slice(0, part.length - 1));
  });

  it('are made anew for the arm that runs alone', () => {
    const [still, running] = [testRun('a', 0), testRun('b', 0, { done: 5 })];
    const before = raceCurves(testRace([still, running]), 'tokens');
    const after = raceCurves(testRace([still, testRun('b', 0, { done: 6 })]), 'tokens');
    expect(after[0]?.points).toBe(before[0]?.points);
    expect(after[1]?.points).not.toBe(before[1]?.points);
    expect(raceCurves(testRace([still, running]), 'compute')[0]?.points).not.toBe(before[0]?.points);
  });
});

describe('smoothing', () => {
  it('is a mean over the steps up to each', () => {
    const values = movingAverage([1, 2, 3, 4, 5, 6, 7]);
    expect(values).toEqual([1, 1.5, 2, 2.5, 3, 4, 5]);
    expect(SMOOTHING).toBe(5);
  });

  it('keeps what is not finite out of its neighbours', () => {
    expect(movingAverage([1, Infinity, 3])).toEqual([1, Number.NaN, 2]);
  });
});

describe('the point under a crosshair', () => {
  const points =
    raceCurves(testRace([testRun('a', 0, { steps: 40, done: 20 })]), 'tokens')[0]?.points.heldout ?? [];

  it('is the nearest that has a value', () => {
    expect(nearestPoint(points, 740)?.step).toBe(5);
    expect(nearestPoint(points, 760)?.step).toBe(10);
    const hole = points.map((point) => (point.step === 10 ? { ...point, value: null } : point));
    expect(nearestPoint(hole, 760)?.step).toBe(5);
  });

  it('is none where the curve has not come yet', () => {
    expect(nearestPoint(points, 2200)?.step).toBe(20);
    expect(nearestPoint(points, 2300)).toBeUndefined();
    expect(nearestPoint([], 0)).toBeUndefined();
  });
});
