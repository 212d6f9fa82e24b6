import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sharpnessOf } from '../derived/solve';
import { namedError, openApp, picture, solved } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(200);

describe('the alignment on show', () => {
  it('starts by itself on the top-most gap of the recipe', async () => {
    const { engine } = await openApp();
    await settle();
    expect(engine.all('align').map((call) => call.args)).toMatchObject([
      { gap: 6, tensor: 'self_attn.q_proj' },
    ]);
  });

  it('cancels the solve that is overtaken and takes only the last one’s result', async () => {
    const { app, engine } = await openApp();
    await settle();
    const first = engine.last('align');
    app.view.showTensor('k');
    await settle();
    const second = engine.last('align');
    expect(first.signal?.aborted).toBe(true);
    // The engine may still answer the cancelled solve, before or after the second.
    first.resolve(solved('first'));
    second.resolve(solved('second', { tensor: 'self_attn.k_proj' }));
    await settle();
    expect(app.store.getState().align).toMatchObject({ phase: 'ready', key: 'second' });
  });

  it('answers a dragged slider at once, but not at every one of its changes, and ends with its last ε', async () => {
    const { app, engine } = await openApp();
    await settle();
    for (let step = 1; step <= 40; step++) {
      app.recipe.setEpsilon(step / 100);
      await vi.advanceTimersByTimeAsync(10);
    }
    await settle();
    const asked = engine.all('align').map((call) => call.args.recipe.solver.epsilon);
    expect(asked.slice(0, 2)).toEqual([0.06, 0.01]);
    expect(asked.at(-1)).toBe(0.4);
    expect(asked.length).toBeLessThan(7);
  });

  it('solves one head of a tensor that is matched head by head, and all rows of any other', async () => {
    const { app, engine } = await openApp({ fragment: 'method=opt-deus:structured&tensor=v&part=0' });
    await settle();
    expect(engine.last('align').args).toMatchObject({ tensor: 'self_attn.v_proj', part: 0 });
    expect(app.store.getState().align.subject).toMatchObject({ rows: 2, part: 0 });
    engine.last('align').resolve(solved('head'));
    await settle();
    // The sharpness of one head is not stored as that of the tensor.
    expect(app.store.getState().align.sharpness).toEqual({});
    app.recipe.setMethod('opt-deus:paper');
    await settle();
    expect(engine.last('align').args).not.toHaveProperty('part');
  });

  it('does not solve again for what no plan depends on', async () => {
    const { app, engine } = await openApp();
    await settle();
    app.recipe.setZeroInit(false);
    app.recipe.toggleGap(0);
    app.view.show({ picture: 'cost', order: 'index', scale: 'linear' });
    await settle();
    expect(engine.all('align')).toHaveLength(1);
  });

  it('solves again after a change and its undoing', async () => {
    const { app, engine } = await openApp();
    await settle();
    engine.last('align').resolve(solved('a'));
    await settle();
    app.recipe.setSeed(1);
    await vi.advanceTimersByTimeAsync(1);
    app.recipe.undo();
    await settle();
    engine.last('align').resolve(solved('a'));
    await settle();
    expect(app.store.getState().align).toMatchObject({ phase: 'ready', key: 'a' });
    expect(engine.last('align').args.recipe.seed).toBe(0);
  });

  it('keeps a failure to be shown, and tries again on demand', async () => {
    const { app, engine } = await openApp();
    await settle();
    engine.last('align').reject(namedError('BackendError', 'expected memory, got none. Close a tab.'));
    await settle();
    expect(app.store.getState().align).toMatchObject({
      phase: 'failed',
      failure: { name: 'BackendError', message: 'expected memory, got none. Close a tab.' },
    });
    app.align.again();
    await settle();
    expect(engine.all('align')).toHaveLength(2);
    expect(app.store.getState().align.failure).toBeUndefined();
  });

  it('is stopped by its cancel button, which is no failure', async () => {
    const { app, engine } = await openApp();
    await settle();
    app.align.stop();
    await settle();
    expect(engine.last('align').signal?.aborted).toBe(true);
    expect(app.store.getState().align).toMatchObject({ phase: 'stopped' });
    expect(app.store.getState().align.failure).toBeUndefined();
  });

  it('waits while another tab is on show', async () => {
    const { app, engine } = await openApp({ fragment: 'tab=compare' });
    await settle();
    expect(engine.all('align')).toHaveLength(0);
    app.view.show({ tab: 'align' });
    await settle();
    expect(engine.all('align')).toHaveLength(1);
  });

  it('has nothing to solve for a copy above the last block', async () => {
    const { app, engine } = await openApp({ fragment: 'method=llama-pro&gaps=7&gap=7' });
    await settle();
    expect(engine.all('align')).toHaveLength(0);
    expect(app.store.getState().align.phase).toBe('unpaired');
  });
});

describe('pictures while a solve runs', () => {
  const frame = (halfStep: number) =>
    ({
      type: 'frame',
      frame: { key: 'a', halfStep, marginalError: 1 / (halfStep + 1), epsilon: 0.06 },
    }) as const;

  it('follow it with one request in flight and skip what is overtaken', async () => {
    const { app, engine } = await openApp();
    await settle();
    const solve = engine.last('align');
    for (const halfStep of [0, 1, 2, 3]) solve.emit(frame(halfStep));
    expect(engine.all('picture').map((call) => call.args.halfStep)).toEqual([0]);
    engine.last('picture').resolve(picture('a', 'plan', 0));
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.all('picture').map((call) => call.args.halfStep)).toEqual([0, 3]);
    expect(app.store.getState().picture.shown?.picture.halfStep).toBe(0);
  });

  it('stay on the half-step that was paused at', async () => {
    const { app, engine } = await openApp();
    await settle();
    const solve = engine.last('align');
    solve.emit(frame(2));
    app.timeline.pause();
    solve.emit(frame(4));
    engine.last('picture').resolve(picture('a', 'plan', 2));
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.all('picture').map((call) => call.args.halfStep)).toEqual([2]);
    expect(app.store.getState().view.halfStep).toBe(2);
  });

  it('of an alignment that is gone are dropped', async () => {
    const { app, engine } = await openApp();
    await settle();
    engine.last('align').emit(frame(0));
    const late = engine.last('picture');
    app.view.showTensor('k');
    await settle();
    late.resolve(picture('a', 'plan', 0));
    await settle();
    expect(app.store.getState().picture.shown).toBeUndefined();
  });

  it('wait for the end where motion is not wanted', async () => {
    const { engine } = await openApp({
      reducedMotion: true,
      answers: { picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0) },
    });
    await settle();
    engine.last('align').emit(frame(3));
    expect(engine.all('picture')).toHaveLength(0);
    engine.last('align').resolve(solved('a', { milliseconds: 10 }));
    await settle();
    expect(engine.all('picture').map((call) => call.args.halfStep)).toEqual([8]);
  });
});

describe('sharpness of a plan', () => {
  it('is 0 for the uniform plan, 1 for a permutation and half-way at the square root of n', () => {
    expect(sharpnessOf(64, 64)).toBeCloseTo(0, 12);
    expect(sharpnessOf(1, 64)).toBe(1);
    expect(sharpnessOf(8, 64)).toBeCloseTo(0.5, 12);
  });
});
