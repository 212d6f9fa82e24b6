import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pictureStatus } from '../derived/requested-picture';
import { openApp, picture, solved } from '../testing';
import { nextHalfStep } from './timeline';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function solvedApp(milliseconds: number) {
  const setup = await openApp({
    answers: {
      align: () => solved('a', { milliseconds }),
      picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
    },
  });
  await vi.advanceTimersByTimeAsync(400);
  return setup;
}

describe('the timeline', () => {
  it('plays a first solve that was too quick to be seen, once, and rests at its end', async () => {
    const { app, engine } = await solvedApp(20);
    expect(app.store.getState().align.playing).toBe(true);
    expect(pictureStatus(app.store.getState(), false)).toBe('forming');
    await vi.advanceTimersByTimeAsync(5000);
    expect(app.store.getState().align.playing).toBe(false);
    expect(app.store.getState().view.halfStep).toBeNull();
    expect(pictureStatus(app.store.getState(), false)).toBe('ready');
    expect(new Set(engine.all('picture').map((call) => call.args.halfStep))).toEqual(
      new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]),
    );
    app.recipe.setSeed(3);
    await vi.advanceTimersByTimeAsync(400);
    expect(app.store.getState().align.playing).toBe(false);
  });

  it('goes straight to the end of a solve that was watched', async () => {
    const { app } = await solvedApp(5000);
    expect(app.store.getState().align.playing).toBe(false);
    expect(pictureStatus(app.store.getState(), false)).toBe('ready');
  });

  it('scrubs back, and asks for each picture only once', async () => {
    const { app, engine } = await solvedApp(5000);
    for (const halfStep of [3, 2, 3, 8]) {
      app.timeline.scrub(halfStep);
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(engine.all('picture').map((call) => call.args.halfStep)).toEqual([8, 3, 2]);
    expect(app.store.getState().picture.shown?.picture.halfStep).toBe(8);
    // The last half-step is stored as null, because another solve may have more.
    expect(app.store.getState().view.halfStep).toBeNull();
  });

  it('does not step out of the solve', async () => {
    const { app } = await solvedApp(5000);
    app.timeline.step(1);
    expect(app.store.getState().view.halfStep).toBeNull();
    app.timeline.toStart();
    app.timeline.step(-1);
    expect(app.store.getState().view.halfStep).toBe(0);
  });
});

describe('the speed', () => {
  it('decides how long the film takes', async () => {
    const lasts: number[] = [];
    for (const speed of [0.25, 1, 4]) {
      const { app } = await solvedApp(5000);
      app.view.show({ speed: speed as 0.25 | 1 | 4 });
      app.timeline.play();
      const from = Date.now();
      while (app.store.getState().align.playing) await vi.advanceTimersByTimeAsync(5);
      lasts.push(Date.now() - from);
    }
    const [slow = 0, plain = 0, fast = 0] = lasts;
    expect(slow / plain).toBeGreaterThan(3);
    expect(plain / fast).toBeGreaterThan(2.5);
  });
});

describe('the pace of playing', () => {
  it('shows the first dozen half-steps one by one and reaches a thousand in under a hundred pictures', () => {
    const shown = [0];
    while ((shown.at(-1) ?? 0) < 1000) shown.push(nextHalfStep(shown.at(-1) ?? 0));
    expect(shown.slice(0, 13)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(shown.length).toBeLessThan(100);
  });
});
