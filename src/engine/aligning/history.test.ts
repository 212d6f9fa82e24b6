import { expect, test } from 'vitest';
import { History } from './history';

const NEURONS = 16;

/** Returns a history in which every half-step has a new g or f and shares the other, as in a solve. */
function filled(count: number, budgetBytes?: number): History {
  const history = new History(budgetBytes);
  const array = (value: number) => new Float32Array(NEURONS).fill(value);
  let [f, g] = [array(0), array(0)];
  for (let halfStep = 0; halfStep <= count; halfStep++) {
    if (halfStep % 2 === 1) g = array(halfStep);
    else f = array(halfStep);
    history.push({ halfStep, f, g, epsilon: 0.06 }, halfStep === count);
  }
  return history;
}

test('every half-step of 1024 neurons is kept of the longest solve a recipe allows by default', () => {
  const history = new History();
  let [f, g] = [new Float32Array(1024), new Float32Array(1024)];
  for (let halfStep = 0; halfStep <= 4000; halfStep++) {
    if (halfStep % 2 === 1) g = new Float32Array(1024).fill(halfStep);
    else f = new Float32Array(1024).fill(halfStep);
    history.push({ halfStep, f, g, epsilon: 0.06 });
  }
  expect(history.halfSteps).toEqual(Array.from({ length: 4001 }, (_, i) => i));
  expect(history.at(37)?.g[0]).toBe(37);
  expect(history.at(37)?.f[0]).toBe(36);
  expect(history.bytes).toBe(4 * 1024 * 4002);
});

test('beyond its budget a long solve is thinned evenly, its first and last half-steps stay', () => {
  const budget = 100 * 4 * NEURONS;
  const history = filled(4001, budget);
  const kept = history.halfSteps;
  expect(history.bytes).toBeLessThanOrEqual(budget);
  expect(history.bytes).toBeGreaterThan(budget / 4);
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBe(4001);
  const gaps = new Set(kept.slice(1, -1).map((step, i) => step - (kept[i] ?? 0)));
  expect(gaps.size).toBe(1);
});

test('a half-step that was thinned out is not answered by another', () => {
  const history = filled(4001, 100 * 4 * NEURONS);
  expect(history.clampHalfStep(1001)).toBe(1001);
  expect(history.at(1001)).toBeUndefined();
  expect(history.isEvicted(1001)).toBe(true);
  expect(history.isEvicted(0)).toBe(false);
  expect(history.at()?.halfStep).toBe(4001);
  expect(history.at(9999)?.halfStep).toBe(4001);
  expect(history.at(-1)?.halfStep).toBe(0);
});

test('before the first half-step there is none', () => {
  const history = new History();
  expect(history.at(3)).toBeUndefined();
  expect(history.clampHalfStep(3)).toBeUndefined();
  expect(history.isEvicted(3)).toBe(false);
});
