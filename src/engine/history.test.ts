import { expect, test } from 'vitest';
import { History } from './history';

const snapshot = (halfStep: number) => ({
  halfStep,
  f: Float32Array.of(halfStep),
  g: Float32Array.of(-halfStep),
  epsilon: 0.06,
});

function filled(count: number): History {
  const history = new History();
  for (let step = 0; step <= count; step++) history.push(snapshot(step), step === count);
  return history;
}

test('every half-step of a short solve is kept', () => {
  const history = filled(599);
  expect(history.halfSteps).toEqual(Array.from({ length: 600 }, (_, i) => i));
  expect(history.at(37)?.f[0]).toBe(37);
});

test('a long solve is thinned evenly, its first and last half-steps stay', () => {
  const history = filled(4001);
  const kept = history.halfSteps;
  expect(kept.length).toBeLessThanOrEqual(601);
  expect(kept.length).toBeGreaterThan(300);
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBe(4001);
  const gaps = new Set(kept.slice(1, -1).map((step, i) => step - (kept[i] ?? 0)));
  expect(gaps.size).toBe(1);
});

test('a half-step that was thinned out is answered by the nearest one before it', () => {
  const history = filled(4001);
  const asked = 1001;
  const answer = history.at(asked);
  expect(answer?.halfStep).toBe(history.halfSteps.findLast((step) => step <= asked));
  expect(answer?.halfStep).not.toBe(asked);
  expect(history.at()?.halfStep).toBe(4001);
  expect(new History().at(3)).toBeUndefined();
});
