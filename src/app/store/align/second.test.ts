import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Picture } from '../../../engine/jobs';
import { DEFAULT_VIEW } from '../../../recipe/view';
import { nullProblem } from '../derived/null';
import { pictureStatus, shownOrder } from '../derived/requested-picture';
import { MODEL, namedError, openApp, picture, solved } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const identity = Uint32Array.of(0, 1, 2, 3);

/** Opens the page with a second picture. Solves are answered at once; their key has method and ε. */
async function twoPictures(fragment = 'panes=both&b-method=opt-deus:hard') {
  const setup = await openApp({
    fragment,
    reducedMotion: true,
    answers: {
      align: ({ recipe, gap, tensor }) =>
        solved(`${recipe.method} ${recipe.solver.epsilon} ${gap} ${tensor}`, {
          method: recipe.method,
          gap,
          plan:
            recipe.method === 'opt-deus:hard'
              ? 'permutation'
              : recipe.method === 'average'
                ? 'none'
                : 'entropic',
        }),
      picture: ({ key, kind, halfStep }) => picture(key, kind, halfStep ?? 0),
      order: () => ({ rows: identity, columns: identity }),
    },
  });
  await vi.advanceTimersByTimeAsync(400);
  return setup;
}

const A = 'opt-deus:paper 0.06 6 self_attn.q_proj';
const HARD = 'opt-deus:hard 0.06 6 self_attn.q_proj';

describe('the second picture', () => {
  it('is solved after the first, and shown in the kind that is its plan', async () => {
    const { app, engine } = await twoPictures();
    expect(engine.all('align').map(({ args }) => args.recipe.method)).toEqual([
      'opt-deus:paper',
      'opt-deus:hard',
    ]);
    const { second, secondPicture, picture: first } = app.store.getState();
    expect(second).toMatchObject({ phase: 'ready', key: HARD });
    expect(first.shown?.picture).toMatchObject({ key: A, kind: 'plan' });
    expect(secondPicture.shown?.picture).toMatchObject({ key: HARD, kind: 'permutation' });
    expect(pictureStatus(app.store.getState(), true)).toBe('ready');
  });

  it('waits while the first one forms, and is not solved twice when that changes', async () => {
    const { app, engine } = await twoPictures();
    app.recipe.setSeed(4);
    app.timeline.toStart();
    await vi.advanceTimersByTimeAsync(400);
    // The recipes share the seed, but an exact plan does not depend on it.
    const hard = engine.all('align').filter(({ args }) => args.recipe.method === 'opt-deus:hard');
    expect(hard).toHaveLength(1);
    app.view.changeSecond({ method: null, epsilon: 0.5 });
    await vi.advanceTimersByTimeAsync(400);
    expect(engine.last('align').args).toMatchObject({
      gap: 6,
      recipe: { seed: 4, solver: { epsilon: 0.5 } },
    });
    // Both panes show the same half-step.
    expect(app.store.getState().secondPicture.shown?.picture).toMatchObject({ kind: 'plan', halfStep: 0 });
  });

  it('asks for the difference of both plans, and only when it is on show', async () => {
    const { app, engine } = await twoPictures('panes=both&b-eps=0.5');
    const differences = () => engine.all('picture').filter(({ args }) => args.kind === 'difference');
    expect(differences()).toHaveLength(0);
    app.view.showPanes('difference');
    await vi.advanceTimersByTimeAsync(10);
    expect(differences().map(({ args }) => args)).toMatchObject([
      { key: A, halfStep: 8, minus: { key: 'opt-deus:paper 0.5 6 self_attn.q_proj', halfStep: 8 } },
    ]);
    expect(app.store.getState().differencePicture.shown).toBeDefined();
    app.view.closeSecond();
    expect(app.store.getState().differencePicture.shown).toBeUndefined();
    expect(app.store.getState().second.phase).toBe('off');
  });

  it('has neither picture nor difference where it has no plan, and is at rest', async () => {
    const { app, engine } = await twoPictures('panes=both&b-method=average');
    expect(app.store.getState().secondPicture.shown).toBeUndefined();
    app.view.showPanes('difference');
    await vi.advanceTimersByTimeAsync(10);
    expect(engine.all('picture').some(({ args }) => args.kind === 'difference')).toBe(false);
    expect(pictureStatus(app.store.getState(), true)).toBe('ready');
  });

  it('keeps to what the model and the first tensor have, whatever a link says', async () => {
    const { engine } = await twoPictures('panes=both&b-tensor=gate&b-gap=99&b-method=solar');
    expect(engine.last('align').args).toMatchObject({
      gap: 6,
      tensor: 'self_attn.q_proj',
      recipe: { method: 'opt-deus:paper' },
    });
  });

  it('names its failure and solves again when asked', async () => {
    const { app, engine } = await twoPictures();
    engine.answers.align = ({ gap }) => {
      if (gap === 2) throw namedError('BackendError', 'out of room');
      return solved('fine');
    };
    app.view.changeSecond({ gap: 2 });
    await vi.advanceTimersByTimeAsync(10);
    expect(app.store.getState().second).toMatchObject({
      phase: 'failed',
      failure: { message: 'out of room' },
    });
    engine.answers.align = () => solved('mended');
    app.second.again();
    await vi.advanceTimersByTimeAsync(10);
    expect(app.store.getState().second).toMatchObject({ phase: 'ready', key: 'mended' });
  });
});

describe('the null beside the plan', () => {
  const open = async (fragment = '') => {
    const setup = await openApp({
      fragment,
      reducedMotion: true,
      answers: {
        align: ({ against, tensor }) => solved(`${against?.kind} ${tensor}`),
        picture: ({ key, kind, halfStep }) => picture(key, kind, halfStep ?? 0),
        order: ({ key }) => ({ rows: identity, columns: key.startsWith('null') ? REVERSED : identity }),
      },
    });
    await vi.advanceTimersByTimeAsync(400);
    return setup;
  };
  const REVERSED = identity.toReversed();

  it('is solved against shuffled rows, and sorted by its own matches', async () => {
    const { app, engine } = await open();
    expect(app.store.getState().view.panes).toBe('off');
    app.view.toggleNull();
    await vi.advanceTimersByTimeAsync(400);
    expect(engine.all('align').map(({ args }) => args.against)).toEqual([
      { kind: 'next' },
      { kind: 'null', draw: 0 },
    ]);
    const state = app.store.getState();
    expect(state.second).toMatchObject({ phase: 'ready', subject: { against: { kind: 'null', draw: 0 } } });
    expect(shownOrder(state, 'a')?.columns).toEqual(identity);
    expect(shownOrder(state, 'b')?.columns).toEqual(REVERSED);
    expect(pictureStatus(state, true)).toBe('ready');
    app.view.toggleNull();
    expect(app.store.getState().view).toMatchObject({ panes: 'off', second: DEFAULT_VIEW.second });
  });

  it('shares the order where the neurons are the same, and is restored by a link', async () => {
    const { app } = await open('panes=both&b-eps=0.5');
    const same = app.store.getState();
    expect(shownOrder(same, 'b')).toBe(shownOrder(same, 'a'));
    const restored = (await open('panes=both&b-against=null:2&tensor=v')).engine;
    expect(restored.last('align').args).toMatchObject({
      tensor: 'self_attn.v_proj',
      against: { kind: 'null', draw: 2 },
    });
  });

  it('is not all that can be compared: a copy can be, in the first picture too', async () => {
    const { app, engine } = await open('against=copy:7');
    expect(engine.last('align').args.against).toEqual({ kind: 'copy', seed: 7 });
    app.view.show({ panes: 'both' });
    await vi.advanceTimersByTimeAsync(400);
    expect(engine.last('align').args.against).toEqual({ kind: 'copy', seed: 7 });
    app.view.show({ against: { kind: 'next' } });
    await vi.advanceTimersByTimeAsync(400);
    expect(app.store.getState().align.key).toBe('next self_attn.q_proj');
  });

  it('is not there where the method has none', async () => {
    const { app } = await open('method=opt-deus:structured');
    expect(nullProblem(app.store.getState())).toMatch(/Whole heads/);
    app.view.showTensor('gate');
    expect(nullProblem(app.store.getState())).toBeUndefined();
    app.recipe.setMethod('solar');
    expect(nullProblem(app.store.getState())).toMatch(/aligns nothing/);
  });
});

describe('a matrix larger than a picture', () => {
  const LARGE = 3000;

  async function largeApp(fragment: string) {
    const setup = await openApp({
      fragment: `tensor=gate&picture=cost&${fragment}`,
      reducedMotion: true,
      answers: {
        open: () => ({ ...MODEL, intermediateSize: LARGE }),
        align: () => solved('large', { rows: LARGE, columns: LARGE }),
        picture: ({ key, kind, window, maxPixels }): Picture => ({
          ...picture(key, kind, 0),
          width: Math.min(maxPixels, window ? window.columnEnd - window.columnStart : LARGE),
          height: Math.min(maxPixels, window ? window.rowEnd - window.rowStart : LARGE),
        }),
        order: () => ({
          rows: Uint32Array.from({ length: LARGE }, (_, i) => i),
          columns: Uint32Array.from({ length: LARGE }, (_, i) => i),
        }),
      },
    });
    await vi.advanceTimersByTimeAsync(400);
    return setup;
  }

  it('is fetched whole once, and then only where it is looked at, cell by cell', async () => {
    const { app, engine } = await largeApp('order=index');
    expect(engine.all('picture').map(({ args }) => args.window)).toEqual([undefined]);
    app.view.show({ window: { row: 1000, column: 2000, rows: 100 } });
    await vi.advanceTimersByTimeAsync(10);
    expect(engine.all('picture')).toHaveLength(2);
    const { window, maxPixels } = engine.last('picture').args;
    expect((window?.rowEnd ?? NaN) - (window?.rowStart ?? NaN)).toBeLessThanOrEqual(maxPixels);
    expect(app.store.getState().picture.tile?.request.window).toEqual(window);
    // A small move stays inside the tile; the way back is cached.
    app.view.show({ window: { row: 1004, column: 2001, rows: 100 } });
    app.view.show({ window: null });
    await vi.advanceTimersByTimeAsync(10);
    expect(engine.all('picture')).toHaveLength(2);
  });

  it('comes in the engine’s order once that is known, and side by side stays by index', async () => {
    const { app, engine } = await largeApp('order=norm');
    expect(engine.last('picture').args.order).toBe('norm');
    app.view.openSecond();
    await vi.advanceTimersByTimeAsync(400);
    expect(app.store.getState().picture.shown?.request.order).toBeUndefined();
    // The null has other neurons, so that each has its own order anyway.
    app.view.toggleNull();
    await vi.advanceTimersByTimeAsync(400);
    expect(app.store.getState().picture.shown?.request.order).toBe('norm');
    expect(app.store.getState().secondPicture.shown?.request.order).toBe('norm');
  });
});
