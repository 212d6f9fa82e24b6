import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeLink } from '../../../recipe/link';
import { states } from '../../../recipe/testing-states';
import { MODEL, namedError, openApp, picture, solved } from '../testing';
import { SHIPPED_NAME } from './model';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the link', () => {
  it('restores recipe and view before the model is opened', async () => {
    const { app } = await openApp({ fragment: '#method=average&gaps=2,3&tensor=down&gap=2' });
    const { recipe, view } = app.store.getState();
    expect(recipe.current).toMatchObject({ method: 'average', gaps: [2, 3] });
    expect(view).toMatchObject({ tensor: 'down', gap: 2 });
    expect(recipe.past).toEqual([]);
  });

  it('opens nothing in place of a model that was chosen while the page began', async () => {
    const { app, engine } = await openApp();
    await app.model.openUrl('https://example.com/mine/');
    await app.begin();
    expect(engine.all('open').map(({ args }) => args.source)).toMatchObject([
      { url: 'https://example.org/interlayer/models/interlayer-fairy-1.7m/' },
      { url: 'https://example.com/mine/' },
    ]);
    const opening = app.model.openUrl('https://example.com/other/');
    await Promise.all([opening, app.begin()]);
    expect(engine.all('open')).toHaveLength(3);
  });

  it('follows changes after a rest', async () => {
    const { app, address } = await openApp();
    app.recipe.setMethod('opt-deus:hard');
    app.view.showTensor('v');
    expect(address.fragment).toBe('');
    await vi.advanceTimersByTimeAsync(300);
    expect(address.fragment).toBe('method=opt-deus:hard&tensor=v');
  });

  it('writes of a change as one only where it ends, however long it takes', async () => {
    const { app, address } = await openApp();
    const pushed = vi.spyOn(address, 'push');
    const ended = app.link.asOne(async () => {
      app.view.show({ tab: 'map' });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      app.view.show({ tab: 'align' });
      app.view.showTensor('v');
    });
    await vi.advanceTimersByTimeAsync(900);
    expect(address.fragment).toBe('');
    await vi.advanceTimersByTimeAsync(100);
    await ended;
    await vi.advanceTimersByTimeAsync(300);
    expect(address.fragment).toBe('tensor=v');
    expect(pushed).not.toHaveBeenCalled();
  });

  it('does not overwrite a link that was followed before its event has come', async () => {
    const { app, address } = await openApp();
    app.view.showTensor('v');
    await vi.advanceTimersByTimeAsync(200);
    address.fragment = 'tab=map&tensor=k';
    await vi.advanceTimersByTimeAsync(100);
    expect(address.fragment).toBe('tab=map&tensor=k');
    await app.link.restore();
    await vi.advanceTimersByTimeAsync(600);
    expect(app.store.getState().view).toMatchObject({ tab: 'map', tensor: 'k' });
    expect(address.fragment).toBe('tab=map&tensor=k');
  });

  it('names a bad field and keeps the rest', async () => {
    const { app } = await openApp({ fragment: 'eps=-1&seed=4' });
    expect(app.store.getState().recipe.current).toMatchObject({ seed: 4, solver: { epsilon: 0.06 } });
    expect(app.store.getState().notices.map((notice) => notice.title)).toEqual([
      'The link’s field “eps” was ignored',
    ]);
  });

  it('opens the shipped model in place of local files, and says so', async () => {
    const { app, engine } = await openApp({ fragment: 'model=local:my model' });
    expect(engine.all('open').map((call) => call.args.source)).toMatchObject([
      { kind: 'url', url: 'https://example.org/interlayer/models/interlayer-fairy-1.7m/' },
    ]);
    expect(app.store.getState().recipe.current.model).toEqual({ kind: 'shipped' });
    expect(app.store.getState().notices[0]?.text).toContain('my model');
  });

  it('leaves the shipped model open where its own address does not answer', async () => {
    const { app, engine } = await openApp({
      fragment: 'model=https://example.com/gone/',
      answers: {
        open: ({ source }) => {
          if (source.kind === 'url' && source.url.includes('gone'))
            throw namedError('SourceError', 'got status 404');
          return MODEL;
        },
      },
    });
    await app.link.choose({ kind: 'url', url: 'https://example.com/gone/' });
    expect(engine.all('open')).toHaveLength(2);
    expect(app.store.getState().model.info).toEqual(MODEL);
    expect(app.store.getState().notices[0]).toMatchObject({ tone: 'error', text: 'got status 404' });
  });

  it('does not open the model again when only other fields of the address change', async () => {
    const { app, engine, address } = await openApp();
    address.fragment = 'tensor=o&seed=2';
    await app.link.restore();
    expect(engine.all('open')).toHaveLength(1);
    expect(app.store.getState().view.tensor).toBe('o');
    expect(app.store.getState().recipe.current.seed).toBe(2);
  });
});

/** Jobs that a link may cause: they read little and end soon, or compute with the shipped model. */
const HARMLESS: ReadonlySet<string> = new Set(
  'start open memory align order curve picture cell strongest related map forecast null neuron measure'.split(
    ' ',
  ),
);

it('no link opens another model, trains, exports, evaluates or generates by itself', async () => {
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      const { app, engine } = await openApp({
        fragment: encodeLink(state),
        answers: {
          align: () => solved('a'),
          picture: ({ kind }) => picture('a', kind, 8),
        },
      });
      await vi.advanceTimersByTimeAsync(1000);
      expect(engine.calls.filter(({ name }) => !HARMLESS.has(name))).toEqual([]);
      expect(
        engine
          .all('open')
          .map(({ args }) => args.source)
          .filter((source) => !('name' in source && source.name === SHIPPED_NAME)),
      ).toEqual([]);
      const { kind } = state.recipe.model;
      expect(app.store.getState().dialog).toBe(
        state.view.lesson === null && (kind === 'url' || kind === 'hub') ? kind : null,
      );
    }),
    { numRuns: 100 },
  );
});

describe('the history of the browser', () => {
  const rest = () => vi.advanceTimersByTimeAsync(300);

  it('has an entry for every tab, with its last state, and none for a slider or a cell', async () => {
    const { app, address } = await openApp();
    await rest();
    app.recipe.setEpsilon(0.05);
    app.view.show({ cell: { row: 1, column: 2 } });
    await rest();
    expect(address.entries).toEqual(['eps=0.05&cell=1.2']);
    app.view.show({ tab: 'map' });
    await rest();
    app.view.showTensor('k');
    // A change right before the place changes belongs to the place that is left.
    app.view.show({ mapValue: 'relative' });
    app.view.show({ tab: 'compare' });
    await rest();
    expect(address.entries).toEqual([
      'eps=0.05&cell=1.2',
      expect.stringMatching(/tab=map.*tensor=k.*relative/),
      expect.stringMatching(/tab=compare/),
    ]);
  });

  it('goes back and forward without new entries, and undo has the recipe that was left', async () => {
    const { app, engine, address } = await openApp();
    await rest();
    app.view.show({ tab: 'train' });
    app.recipe.setSeed(7);
    await rest();
    const entries = [...address.entries];
    address.go(-1);
    await app.link.restore();
    await rest();
    expect(app.store.getState().view.tab).toBe('align');
    expect(app.store.getState().recipe.current.seed).toBe(0);
    app.recipe.undo();
    expect(app.store.getState().recipe.current.seed).toBe(7);
    app.recipe.redo();
    await rest();
    address.go(1);
    await app.link.restore();
    await rest();
    expect(app.store.getState()).toMatchObject({ view: { tab: 'train' }, recipe: { current: { seed: 7 } } });
    expect(address.entries).toEqual(entries);
    expect(engine.all('open')).toHaveLength(1);
    address.go(-1);
    await app.link.restore();
    app.view.show({ tab: 'try' });
    await rest();
    expect(address.entries).toHaveLength(2);
    expect(address.fragment).toMatch(/tab=try/);
  });

  it('opens the model of the entry it goes to', async () => {
    const { app, engine, address } = await openApp();
    await rest();
    await app.model.openUrl('https://example.com/mine/');
    await rest();
    expect(address.entries).toHaveLength(2);
    address.go(-1);
    await app.link.restore();
    await rest();
    const shipped = 'https://example.org/interlayer/models/interlayer-fairy-1.7m/';
    expect(engine.all('open').map(({ args }) => args.source)).toMatchObject([
      { url: shipped },
      { url: 'https://example.com/mine/' },
      { url: shipped },
    ]);
    expect(app.store.getState().recipe.current.model).toEqual({ kind: 'shipped' });
    address.go(1);
    await app.link.restore();
    await rest();
    expect(app.store.getState().recipe.current.model).toMatchObject({ url: 'https://example.com/mine/' });
    expect(address.entries).toHaveLength(2);
  });

  it('keeps the open model where that of the entry was a folder or does not answer any more, and says so', async () => {
    const { app, engine, address } = await openApp();
    await app.model.openFiles([], 'my folder');
    await rest();
    await app.model.openUrl('https://example.com/mine/');
    await rest();
    address.go(-1);
    await app.link.restore();
    await rest();
    const { recipe, notices } = app.store.getState();
    expect(recipe.current.model).toMatchObject({ url: 'https://example.com/mine/' });
    expect(notices.at(-1)?.text).toMatch(/“my folder” from a local folder.*stays open/);
    expect(address.entries).toHaveLength(3);
    engine.answers.open = () => {
      throw namedError('SourceError', 'got status 404');
    };
    address.go(-1);
    await app.link.restore();
    await rest();
    expect(app.store.getState().recipe.current.model).toMatchObject({ url: 'https://example.com/mine/' });
    expect(app.store.getState().notices.at(-1)?.text).toBe('got status 404');
    expect(address.entries).toHaveLength(3);
  });

  it('stays with the open model where the way back to another is taken back', async () => {
    const { app, engine, address } = await openApp();
    await rest();
    await app.model.openUrl('https://example.com/mine/');
    await rest();
    delete engine.answers.open;
    address.go(-1);
    const back = app.link.restore();
    await rest();
    address.go(1);
    await app.link.restore();
    await back;
    await rest();
    expect(engine.last('open').signal?.aborted).toBe(true);
    const { model, recipe } = app.store.getState();
    expect(model.opening).toBeUndefined();
    expect(recipe.current.model).toMatchObject({ url: 'https://example.com/mine/' });
    expect(address.entries).toHaveLength(2);
    expect(address.fragment).toMatch(/example.com/);
  });

  it('has one entry for a lesson, whatever it shows', async () => {
    const { app, address } = await openApp();
    await rest();
    app.view.show({ lesson: 'why-deeper' });
    await rest();
    app.view.show({ tab: 'compare', step: 2 });
    await rest();
    expect(address.entries).toHaveLength(2);
    app.view.show({ lesson: null, step: 1 });
    await rest();
    expect(address.entries).toHaveLength(3);
  });
});

describe('opening a model', () => {
  it('that fails leaves the one before, its results and its recipe', async () => {
    const { app, engine } = await openApp();
    const before = app.store.getState();
    const opening = app.model.openFiles([], 'broken');
    engine.last('open');
    const answers = engine.answers;
    delete answers.open;
    await opening;
    const second = app.model.openFiles([], 'broken');
    engine.last('open').reject(namedError('CheckpointError', 'expected config.json, got no file. Add it.'));
    expect(await second).toBe(false);
    expect(app.store.getState().model.info).toEqual(before.model.info);
    expect(app.store.getState().model.opening).toBeUndefined();
    expect(app.store.getState().notices.at(-1)).toMatchObject({
      tone: 'error',
      text: 'expected config.json, got no file. Add it.',
    });
  });

  it('overtaken by another is cancelled', async () => {
    const { app, engine } = await openApp();
    delete engine.answers.open;
    const first = app.model.openFiles([], 'first');
    const second = app.model.openFiles([], 'second');
    const [, one, two] = engine.all('open');
    expect(one?.signal?.aborted).toBe(true);
    two?.resolve({ ...MODEL, name: 'second' });
    expect(await first).toBe(false);
    expect(await second).toBe(true);
    expect(app.store.getState().model.info?.name).toBe('second');
  });

  it('with fewer blocks gives up gaps it does not have', async () => {
    const { app, engine } = await openApp({ fragment: 'gaps=5,6' });
    engine.answers.open = () => ({ ...MODEL, layers: 4 });
    await app.model.openFiles([], 'shallow');
    expect(app.store.getState().recipe.current.gaps).toBe('top');
  });
});
