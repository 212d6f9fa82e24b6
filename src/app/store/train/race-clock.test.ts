import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent, TrainStep } from '../../../engine/jobs';
import { DEFAULT_RECIPE } from '../../../recipe/schema';
import type { Run } from '../state/race';
import { RaceClock } from './race-clock';
import { testRace, testRun } from './testing';

const STEP = { type: 'step', arm: '', step: {} as TrainStep } as const;
const EVALUATION: JobEvent = {
  type: 'evaluation',
  arm: '',
  evaluation: { step: 5, heldout: 1, retention: 1, response: null, moved: {} },
};
const SAMPLE: JobEvent = { type: 'sample', arm: '', step: 5, text: '' };

describe('the time that is left of a race', () => {
  let now = 0;
  beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now));
  afterEach(() => vi.restoreAllMocks());

  /** Plays a turn of these events, each after so many ms. */
  function play(clock: RaceClock, arm: string, events: readonly (readonly [ms: number, event: JobEvent])[]) {
    const turn = clock.turn(arm);
    for (const [ms, event] of events) {
      now += ms;
      turn(event);
    }
  }
  /** Twenty steps, measured at the start and after 10 and 20. */
  const race = (...runs: Run[]) => ({ ...testRace(runs), evaluations: 3 });

  it('is that of the steps and of the measurements that are left', () => {
    const clock = new RaceClock();
    // 10 of 20 steps are done, and two of the measurements after the start.
    const run = testRun('a', 0, { done: 10 });
    play(clock, 'a', [
      [10, STEP],
      [30, STEP],
      [500, EVALUATION],
      [100, SAMPLE],
    ]);
    const every = race({ ...run, evaluations: run.evaluations.filter(({ step }) => step % 10 === 0) });
    expect(clock.remaining(every)).toBe(10 * 20 + 600);
    expect(clock.remaining(race(testRun('a', 0)))).toBe(0);
  });

  it('is of the usual steps: without the first, which compiles kernels, and those before and in which the computer slept', () => {
    const clock = new RaceClock();
    clock.expectMeasurement(0);
    const left = (done: number) => clock.remaining(race(testRun('a', 0, { done })));
    play(clock, 'a', [
      [4000, STEP],
      [10, STEP],
      [10, STEP],
    ]);
    expect(left(3)).toBe(17 * 10);
    play(clock, 'a', [[9 * 3600_000, STEP]]);
    expect(left(4)).toBe(16 * 10);
    // A clock that was set back.
    play(clock, 'a', [[-3600_000, STEP]]);
    expect(left(5)).toBeLessThanOrEqual(15 * 10);
    // Steps that became slower for good.
    play(
      clock,
      'a',
      Array.from({ length: 20 }, () => [100, STEP] as const),
    );
    expect(left(10)).toBe(10 * 100);
  });

  it('is not known before a step and a measurement were timed, unless that was expected', () => {
    const clock = new RaceClock();
    const run = { ...testRun('a', 0, { done: 0 }), evaluations: [] };
    expect(clock.remaining(race(run))).toBeUndefined();
    play(clock, 'a', [[10, STEP]]);
    expect(clock.remaining(race(run))).toBeUndefined();
    clock.expectMeasurement(100);
    expect(clock.remaining(race(run))).toBe(20 * 10 + 2 * 100);
  });

  it('counts arms that have not begun by the cost of their steps, with their preparation and their start', () => {
    const clock = new RaceClock();
    clock.expectMeasurement(100);
    clock.prepared('a, seed 0', 40);
    play(clock, 'a', [[10, STEP]]);
    const a = testRun('a', 0);
    const b = { ...testRun('b', 0, { done: 0 }), evaluations: [] };
    // Steps of b cost twice those of a, which cost 12.
    const dear = { ...b, ...(b.facts && { facts: { ...b.facts, stepCost: 24 } }) };
    expect(clock.remaining(race(a, dear))).toBe(20 * 20 + 2 * 100 + 40);
    const kept = race(a, b);
    const arms = kept.arms.map((arm) => ({ ...arm, recipe: { ...DEFAULT_RECIPE, zeroInit: false } }));
    expect(clock.remaining({ ...kept, arms })).toBe(20 * 10 + 3 * 100 + 40);
  });
});
