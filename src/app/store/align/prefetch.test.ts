import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openApp, picture, solved } from '../testing';
import { nearestHalfSteps } from './prefetch';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the half-steps around one', () => {
  it('are all others, the nearest first, inside the film', () => {
    expect(nearestHalfSteps(2, 5, 99)).toEqual([3, 1, 4, 0, 5]);
    expect(nearestHalfSteps(5, 5, 99)).toEqual([4, 3, 2, 1, 0]);
    expect(nearestHalfSteps(0, 0, 99)).toEqual([]);
  });

  it('are no more than there is room for', () => {
    expect(nearestHalfSteps(50, 100, 3)).toEqual([51, 49, 52]);
  });
});

describe('the film', () => {
  async function solvedApp() {
    const setup = await openApp({
      answers: {
        align: () => solved('a'),
        picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
      },
    });
    await vi.advanceTimersByTimeAsync(2000);
    return setup;
  }
  const pictured = (engine: Awaited<ReturnType<typeof solvedApp>>['engine']) =>
    engine.all('picture').map((call) => call.args.halfStep);

  it('is left alone until somebody goes back in it', async () => {
    const { engine } = await solvedApp();
    expect(pictured(engine)).toEqual([8]);
  });

  it('is then fetched around that half-step, each picture once, without showing another', async () => {
    const { app, engine } = await solvedApp();
    app.timeline.scrub(3);
    await vi.advanceTimersByTimeAsync(100);
    expect(pictured(engine)).toEqual([8, 3]);
    await vi.advanceTimersByTimeAsync(500);
    expect(pictured(engine)).toEqual([8, 3, 4, 2, 5, 1, 6, 0, 7]);
    expect(app.store.getState().picture.shown?.picture.halfStep).toBe(3);
    for (const halfStep of [7, 0, 5]) {
      app.timeline.scrub(halfStep);
      expect(app.store.getState().picture.shown?.picture.halfStep).toBe(halfStep);
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect(pictured(engine)).toHaveLength(9);
  });
});
