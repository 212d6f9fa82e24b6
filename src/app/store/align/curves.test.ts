import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openApp, picture, solved } from '../testing';
import { curveHalfSteps, pointAt } from './curves';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the half-steps of a curve', () => {
  it('are all of a short solve', () => {
    expect(curveHalfSteps(8, 128, 128)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('of a long one start with the first, end with the last, rise, and are few', () => {
    for (const [last, n] of [
      [4000, 384],
      [300, 2048],
      [4000, 14_336],
    ] as const) {
      const steps = curveHalfSteps(last, n, n);
      expect(steps.slice(0, 2)).toEqual([1, 2]);
      expect(steps.at(-1)).toBe(last);
      expect(steps.length).toBeLessThanOrEqual(48);
      expect(steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? NaN))).toBe(true);
    }
    expect(curveHalfSteps(4000, 14_336, 14_336)).toHaveLength(8);
  });
});

async function solvedApp(milliseconds = 5000) {
  const setup = await openApp({
    answers: {
      align: ({ recipe }) => solved(`eps ${recipe.solver.epsilon}`, { milliseconds }),
      picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
      curve: ({ halfSteps }) => ({
        transportCost: halfSteps.map((step) => 10 - step),
        planPerplexity: halfSteps.map((step) => 100 + step),
      }),
    },
  });
  await vi.advanceTimersByTimeAsync(200);
  return setup;
}

describe('curves', () => {
  it('are filled in once all is still, every point once, and then ask for nothing more', async () => {
    const { app, engine } = await solvedApp();
    expect(engine.all('curve')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(3000);
    const asked = engine.all('curve').flatMap((call) => call.args.halfSteps);
    expect(asked.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // The half-step on show, the last one, comes first.
    expect(asked[0]).toBe(8);
    expect(pointAt(app.store.getState(), 3)).toEqual({ halfStep: 3, transportCost: 7, planPerplexity: 103 });
    const before = engine.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(engine.calls.length).toBe(before);
  });

  it('wait while the film plays and while ε is dragged', async () => {
    const { app, engine } = await solvedApp(20);
    expect(app.store.getState().align.playing).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(engine.all('curve')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(6000);
    expect(engine.all('curve').length).toBeGreaterThan(0);
    app.align.tryEpsilon(0.1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(engine.all('curve').every((call) => call.args.key === 'eps 0.06')).toBe(true);
    app.align.keepEpsilon();
    await vi.advanceTimersByTimeAsync(3000);
    expect(engine.last('curve').args.key).toBe('eps 0.1');
    expect(app.store.getState().curves.key).toBe('eps 0.1');
  });

  it('are left out, without asking again and again, where the engine refuses', async () => {
    const { engine } = await openApp({
      answers: {
        align: () => solved('a'),
        picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
        curve: () => Promise.reject(new Error('gone')),
      },
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(engine.all('curve')).toHaveLength(1);
  });
});
