import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NullMeasure } from '../../../engine/jobs';
import { shownNull } from '../derived/null';
import { MODEL, namedError, openApp, picture, solved } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const measured = (tensor: NullMeasure['tensor']): NullMeasure => ({
  tensor,
  rows: 4,
  columns: 4,
  matching: 'one-to-one',
  matchedMass: null,
  transportCost: null,
  exactCost: null,
});

async function open(fragment = '', rows = 4) {
  const setup = await openApp({
    fragment,
    reducedMotion: true,
    answers: {
      open: () => ({ ...MODEL, intermediateSize: rows }),
      align: ({ tensor, recipe, against }) =>
        solved(`${tensor} ${recipe.solver.epsilon} ${against?.kind}`, { rows, columns: rows }),
      picture: ({ key, kind, halfStep }) => picture(key, kind, halfStep ?? 0),
      null: ({ tensors }) => (tensors ?? []).map(measured),
      order: () => ({ rows: Uint32Array.of(0, 1, 2, 3), columns: Uint32Array.of(0, 1, 2, 3) }),
    },
  });
  return setup;
}

describe('the null of the alignment on show', () => {
  it('is measured by itself once the picture has rested, and not again', async () => {
    const { app, engine } = await open();
    await vi.advanceTimersByTimeAsync(450);
    expect(app.store.getState().picture.shown).toBeDefined();
    expect(engine.all('null')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(600);
    expect(engine.all('null').map(({ args }) => args)).toMatchObject([
      { gap: 6, tensors: ['self_attn.q_proj'], against: { kind: 'next' } },
    ]);
    expect(shownNull(app.store.getState())).toEqual(measured('self_attn.q_proj'));
    app.view.showTensor('k');
    await vi.advanceTimersByTimeAsync(2000);
    app.view.showTensor('q');
    await vi.advanceTimersByTimeAsync(2000);
    expect(engine.all('null').map(({ args }) => args.tensors)).toEqual([
      ['self_attn.q_proj'],
      ['self_attn.k_proj'],
    ]);
  });

  it('is not started while one goes from tensor to tensor, and stops for the next picture', async () => {
    const { app, engine } = await open();
    engine.answers.null = () => new Promise(() => undefined);
    await vi.advanceTimersByTimeAsync(1200);
    const [running] = engine.all('null');
    expect(app.store.getState().nulls.running).toBeDefined();
    app.view.showTensor('v');
    await vi.advanceTimersByTimeAsync(10);
    expect(running?.signal?.aborted).toBe(true);
    for (const tensor of ['k', 'o', 'q'] as const) {
      app.view.showTensor(tensor);
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(engine.all('null')).toHaveLength(1);
    // Another tab needs none.
    app.view.show({ tab: 'map' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(engine.all('null')).toHaveLength(1);
  });

  it('of a large tensor waits until it is asked for; a failure is kept for the caption', async () => {
    const { app, engine } = await open('tensor=gate', 513);
    await vi.advanceTimersByTimeAsync(2000);
    expect(engine.all('null')).toHaveLength(0);
    engine.answers.null = () => Promise.reject(namedError('TransportError', 'a larger ε'));
    await app.nulls.measure();
    await vi.advanceTimersByTimeAsync(10);
    expect(app.store.getState().nulls.failed?.failure.message).toBe('a larger ε');
    engine.answers.null = () => [measured('mlp.gate_proj')];
    await app.nulls.measure();
    expect(shownNull(app.store.getState())).toEqual(measured('mlp.gate_proj'));
  });

  it('is not asked for where there is none: of a null, of whole heads', async () => {
    for (const fragment of ['against=null:1', 'method=opt-deus:structured']) {
      const { engine } = await open(fragment);
      await vi.advanceTimersByTimeAsync(2000);
      expect(engine.all('align')).not.toHaveLength(0);
      expect(engine.all('null')).toHaveLength(0);
    }
    const { engine } = await open('against=copy:4');
    await vi.advanceTimersByTimeAsync(2000);
    expect(engine.last('null').args.against).toEqual({ kind: 'copy', seed: 4 });
  });
});
