import { expect, it } from 'vitest';
import { INITIAL_RACE } from '../state/race';
import { testRace, testRun } from '../train/testing';
import { unkeptSteps, unkeptText } from './unkept-steps';

const runs = [
  testRun('a', 0),
  { ...testRun('b', 0, { done: 7 }), keptStep: 0 },
  { ...testRun('c', 0, { done: 9 }), keptStep: 8 },
  { ...testRun('d', 0, { done: 5 }), keptStep: 5 },
  testRun('e', 0, { done: 0 }),
];
const state = (status: 'running' | 'pausing' | 'paused' | 'done') => ({
  ...INITIAL_RACE,
  status,
  race: testRace(runs),
});

it('counts the steps after the stored states of arms that still train', () => {
  expect(unkeptSteps(state('running'))).toEqual({ steps: 8, arms: 2 });
  expect(unkeptText({ steps: 8, arms: 2 })).toMatch(/loses 8 steps of 2 arms/);
  expect(unkeptText({ steps: 1, arms: 1 })).toMatch(/loses 1 step of 1 arm,/);
});

it('is nothing while the race rests, and without a race', () => {
  expect(unkeptSteps(state('paused'))).toBeUndefined();
  expect(unkeptSteps(state('done'))).toBeUndefined();
  expect(unkeptSteps(INITIAL_RACE)).toBeUndefined();
});
