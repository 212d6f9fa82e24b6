import { expect, it } from 'vitest';
import type { Run } from '../store/state/race';
import { testRace as race } from '../store/train/testing';
import { raceResults } from './results';

const evaluation = (step: number, heldout: number) => ({
  step,
  heldout,
  retention: heldout - 1,
  response: null,
  moved: {},
});

const run = (
  arm: string,
  seed: number,
  losses: readonly [number, number][],
  change: Partial<Run> = {},
): Run => ({
  arm,
  seed,
  name: `${arm}, seed ${seed}`,
  status: 'running',
  steps: 10,
  losses: [],
  evaluations: losses.map(([step, loss]) => evaluation(step, loss)),
  gradients: {},
  samples: [],
  ...change,
});

const heldout = (found: ReturnType<typeof raceResults>) =>
  Object.fromEntries(found?.arms.map(({ arm, heldout: loss }) => [arm, loss?.mean]) ?? []);

it('compares arms at the last step that all of them have been measured at', () => {
  const [a, b] = [
    run('a', 0, [
      [0, 5],
      [5, 4],
      [10, 3],
    ]),
    run('b', 0, [
      [0, 5],
      [5, 4.5],
    ]),
  ];
  const found = raceResults(race([a, b]));
  expect(found?.step).toBe(5);
  expect(heldout(found)).toEqual({ a: 4, b: 4.5 });
  expect(found?.arms.find(({ arm }) => arm === 'b')?.difference?.mean).toBeCloseTo(0.5, 12);
});

it('says nothing while an arm has only its start', () => {
  expect(
    raceResults(
      race([
        run('a', 0, [
          [0, 5],
          [5, 4],
        ]),
        run('b', 0, [[0, 5]]),
      ]),
    ),
  ).toBeUndefined();
});

it('leaves out an arm that failed or went astray, and a seed that is not there yet', () => {
  const runs = [
    run('a', 0, [
      [0, 5],
      [10, 3],
    ]),
    run(
      'b',
      0,
      [
        [0, 5],
        [5, 9],
      ],
      { status: 'diverged' },
    ),
    run('a', 1, [
      [0, 5],
      [5, 4],
    ]),
    run('b', 1, [[0, 5]]),
  ];
  const found = raceResults(race(runs));
  expect(found?.seeds).toBe(1);
  expect(heldout(found)).toEqual({ a: 3, b: undefined });
});

it('takes arms of equal compute at equal shares of their way', () => {
  const runs = [
    run('a', 0, [
      [0, 5],
      [10, 3],
    ]),
    run(
      'b',
      0,
      [
        [0, 5],
        [10, 4],
        [20, 2],
      ],
      { steps: 20 },
    ),
  ];
  const found = raceResults(race(runs));
  expect(found?.step).toBeUndefined();
  expect(heldout(found)).toEqual({ a: 3, b: 2 });
});
