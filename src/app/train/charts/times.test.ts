import { expect, test } from 'vitest';
import { testRace, testRun } from '../../store/train/testing';
import { armTimes } from './times';

function timed(arm: string, seed: number, forward: number, stepCost: number) {
  const run = testRun(arm, seed);
  if (!run.facts) throw new Error('facts expected');
  return { ...run, facts: { ...run.facts, stepCost, stepMs: { forward, backward: 20, optimizer: 5 } } };
}

test('times are means over seeds, and expected in proportion to the reference’s cost', () => {
  const [a, b] = armTimes(testRace([timed('a', 0, 10, 12), timed('a', 1, 20, 12), timed('b', 0, 35, 18)]));
  expect(a?.measured).toEqual({ forward: 15, backward: 20, optimizer: 5, all: 40 });
  expect(a?.predicted).toBeCloseTo(40, 12);
  expect(b?.measured?.all).toBe(60);
  expect(b?.predicted).toBeCloseTo(60, 12);
});

test('nothing is expected before the reference is timed', () => {
  const { facts: _, ...waiting } = testRun('a', 0);
  const [a, b] = armTimes(testRace([waiting, timed('b', 0, 35, 18)]));
  expect([a?.measured, a?.predicted, b?.predicted]).toEqual([undefined, undefined, undefined]);
  expect(b?.measured?.all).toBe(60);
});
