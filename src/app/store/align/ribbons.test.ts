import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openApp, picture, solved } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function ribbonsApp(fragment = 'ribbons=on') {
  const setup = await openApp({
    fragment,
    answers: {
      align: () => solved('a'),
      picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
      strongest: ({ halfStep = 0 }) => ({
        rows: Uint32Array.of(halfStep % 4),
        columns: Uint32Array.of(1),
        values: Float32Array.of(0.5),
      }),
    },
  });
  await vi.advanceTimersByTimeAsync(300);
  return setup;
}

describe('ribbons', () => {
  it('are asked for only while they are on show', async () => {
    const { app, engine } = await ribbonsApp('');
    expect(engine.all('strongest')).toHaveLength(0);
    app.view.show({ ribbons: true });
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.all('strongest').map((call) => call.args)).toEqual([{ key: 'a', count: 64, halfStep: 8 }]);
  });

  it('follow the half-step, each asked for once, and the number of pairs', async () => {
    const { app, engine } = await ribbonsApp();
    for (const halfStep of [3, 2, 3]) {
      app.timeline.scrub(halfStep);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(engine.all('strongest').map((call) => call.args.halfStep)).toEqual([8, 3, 2]);
    expect(app.store.getState().ribbons.shown?.request.halfStep).toBe(3);
    expect(app.store.getState().ribbons.shown?.strongest.rows).toEqual(Uint32Array.of(3));
    app.view.show({ pairs: 16 });
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.last('strongest').args).toEqual({ key: 'a', count: 16, halfStep: 3 });
  });

  it('keep a failure to be read until something else is asked for', async () => {
    const { app, engine } = await ribbonsApp('');
    engine.answers.strongest = () => Promise.reject(new Error('expected a plan, got none. Solve it.'));
    app.view.show({ ribbons: true });
    await vi.advanceTimersByTimeAsync(1);
    expect(app.store.getState().ribbons.failure?.message).toMatch(/expected a plan/);
    engine.answers.strongest = () => ({
      rows: new Uint32Array(1),
      columns: new Uint32Array(1),
      values: new Float32Array(1),
    });
    app.view.show({ pairs: 8 });
    await vi.advanceTimersByTimeAsync(1);
    expect(app.store.getState().ribbons.failure).toBeUndefined();
  });
});
