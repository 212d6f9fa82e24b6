import { describe, expect, it, vi } from 'vitest';
import { LESSON_FORMAT } from '../../../lessons/format';
import { factsOf } from '../../lessons/readings';
import { askLesson } from '../session/ask-lesson';
import { lessonActionsOf } from '../use-lesson';
import { namedError, openApp } from '../testing';
import { loadProgress } from './progress';

const LESSON = {
  format: LESSON_FORMAT,
  id: 'mine',
  language: 'en',
  title: 'Mine',
  summary: 'What it is about.',
  minutes: 3,
  state: 'method=average',
  steps: [
    { title: 'One', text: 'Read this.' },
    {
      title: 'Two',
      text: 'The tensor.',
      state: 'eps=0.01',
      predict: {
        kind: 'choice',
        question: 'Which?',
        answers: [
          { text: 'k', right: { state: 'tensor=k' } },
          { text: 'v', right: { state: 'tensor=v' } },
        ],
      },
      do: 'Show k.',
      show: { state: 'tensor=k' },
      done: { state: 'tensor=k' },
      seen: 'It is {shown.tensor}.',
    },
    { title: 'Three', text: 'It was {shown.tensor@2}.' },
  ],
};

async function begun(change: object = {}, setup: Parameters<typeof openApp>[0] = {}) {
  const { app, ...rest } = await openApp(setup);
  const lessons = lessonActionsOf(app, factsOf);
  const open = async (data: unknown) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    const asked = { name: 'file', file: { name: 'mine.json', text } };
    askLesson(app.store, asked);
    await lessons.open(asked);
  };
  app.recipe.setSeed(7);
  app.view.showTensor('up');
  const own = app.store.getState();
  await open({ ...LESSON, ...change });
  return { app, lessons, open, own, state: () => app.store.getState(), ...rest };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a lesson', () => {
  it('begins from its own state and gives the person’s back', async () => {
    const { app, lessons, own, state } = await begun();
    expect(state().view).toMatchObject({ tensor: 'q', lesson: 'file', step: 1 });
    expect(state().recipe.current).toMatchObject({ method: 'average', seed: 0 });
    app.recipe.setSeed(99);
    app.view.showTensor('v');
    await lessons.leave();
    expect(state().view).toEqual(own.view);
    expect(state().recipe).toEqual(own.recipe);
    expect(state().lesson.phase).toBe('closed');
  });

  it('waits for the prediction and for what the step asks, and keeps what was read then', async () => {
    const { app, lessons, state } = await begun();
    await settled();
    expect(state().lesson.records.map(({ done }) => done)).toEqual([true, false, false]);
    lessons.go(1);
    expect(state().recipe.current.solver.epsilon).toBe(0.01);
    app.view.showTensor('k');
    await settled();
    expect(state().lesson.records[1]?.done).toBe(false);
    lessons.guess(1);
    await settled();
    expect(state().lesson.records[1]).toEqual({
      done: true,
      guess: 1,
      right: [0],
      readings: { 'shown.tensor': 'k' },
    });
    app.view.showTensor('v');
    lessons.go(2);
    await settled();
    expect(state().lesson.records[1]?.readings).toEqual({ 'shown.tensor': 'k' });
  });

  it('shows what it asks for', async () => {
    const { lessons, state } = await begun();
    lessons.go(1);
    lessons.guess(null);
    lessons.show();
    await settled();
    expect(state().view.tensor).toBe('k');
    expect(state().lesson.records[1]?.done).toBe(true);
  });

  it('goes on where the learner was, in the state of that step', async () => {
    const stored = new Map<string, string>();
    const { lessons, open, state, app } = await begun({}, { stored });
    lessons.go(1);
    lessons.guess(0);
    lessons.show();
    await settled();
    await lessons.leave();
    expect(loadProgress(app.platform)['file:mine']?.step).toBe(1);
    await open(LESSON);
    expect(state().view).toMatchObject({ step: 2, tensor: 'k' });
    expect(state().recipe.current).toMatchObject({ method: 'average', solver: { epsilon: 0.01 } });
    expect(state().lesson.records[1]?.readings).toEqual({ 'shown.tensor': 'k' });
    lessons.go(2);
    await settled();
    await lessons.leave();
    // All steps are done, so the next time begins anew.
    await open(LESSON);
    expect(state().view).toMatchObject({ step: 1, tensor: 'q' });
  });

  it.each([
    ['{', 'mine.json: expected JSON'],
    [{ ...LESSON, steps: [{ title: 'One', text: '' }] }, 'step 1 (“One”): text: expected some text'],
    [{ ...LESSON, state: 'method=magic' }, 'the state’s field “method”'],
  ])('that is malformed says so and changes nothing: %#', async (data, message) => {
    const { open, state, lessons } = await begun();
    await lessons.leave();
    const before = state();
    await open(data);
    const { notices, lesson, ...rest } = state();
    const { notices: none, lesson: closed, ...same } = before;
    expect(notices.at(-1)).toMatchObject({ tone: 'error', title: 'The lesson could not be opened' });
    expect(notices.at(-1)?.text).toContain(message);
    expect(none).toEqual([]);
    expect(lesson).toMatchObject(closed);
    expect(rest).toEqual(same);
  });

  it('opens the model that was open before it', async () => {
    const { app, lessons, state, engine, open } = await begun();
    await lessons.leave();
    await app.model.openUrl('https://example.org/other/');
    await open(LESSON);
    expect(state().recipe.current.model).toEqual({ kind: 'shipped' });
    await lessons.leave();
    expect(state().recipe.current.model).toEqual({ kind: 'url', url: 'https://example.org/other/' });
    expect(engine.all('open').map(({ args }) => args.source)).toMatchObject([
      { url: 'https://example.org/interlayer/models/interlayer-fairy-1.7m/' },
      { url: 'https://example.org/other/' },
      { url: 'https://example.org/interlayer/models/interlayer-fairy-1.7m/' },
      { url: 'https://example.org/other/' },
    ]);
  });

  it('does not begin while a race runs', async () => {
    const { app, lessons, open, state } = await begun();
    await lessons.leave();
    app.store.setState((before) => ({ race: { ...before.race, status: 'running' } }));
    await open(LESSON);
    expect(state().lesson.phase).toBe('closed');
    expect(state().notices.at(-1)?.title).toBe('The lesson cannot begin yet');
  });

  it('that is left while its model is opening lets that model go', async () => {
    const { app, lessons, open, state, engine } = await begun();
    await lessons.leave();
    // A model that the person has opened before, so that the lesson need not ask.
    await app.model.openUrl('https://example.org/other/');
    await app.model.openShipped();
    const before = state();
    const { open: answer } = engine.answers;
    delete engine.answers.open;
    const opening = open({ ...LESSON, state: 'model=https://example.org/other/' });
    await vi.waitFor(() => expect(state().model.opening).toBeDefined());
    await lessons.leave();
    await opening;
    expect(engine.last('open').signal?.aborted).toBe(true);
    expect(state().lesson.phase).toBe('closed');
    expect(state().view).toEqual(before.view);
    expect(state().recipe).toEqual(before.recipe);
    expect(state().model).toEqual({ ...before.model, opening: undefined });
    app.view.showTensor('k');
    expect(state().lesson.records).toEqual([]);
    engine.answers.open = answer!;
  });

  it('about a model that the person has not opened asks for it, and goes on without', async () => {
    const { open, state, engine, lessons } = await begun();
    const opened = engine.all('open').length;
    await open({ ...LESSON, state: 'model=https://example.org/unknown/' });
    expect(state()).toMatchObject({
      dialog: 'url',
      hub: { asked: { kind: 'url', url: 'https://example.org/unknown/' } },
      lesson: { phase: 'running' },
    });
    expect(engine.all('open')).toHaveLength(opened);
    await lessons.leave();
  });

  it('that is opened while another gives the state back waits for that', async () => {
    const { lessons, open, own, state, engine, app } = await begun();
    await app.model.openUrl('https://example.org/other/');
    const leaving = lessons.leave();
    const opening = open(LESSON);
    await Promise.all([leaving, opening]);
    expect(state().view).toMatchObject({ lesson: 'file', tensor: 'q' });
    await lessons.leave();
    expect(state().view).toEqual(own.view);
    expect(state().recipe).toEqual(own.recipe);
    expect(engine.last('open').args.source).toMatchObject({ name: 'interlayer-fairy-1.7m' });
  });

  it('has an undo of its own', async () => {
    const { app, lessons, own, state } = await begun();
    expect(app.recipe.undo()).toBeFalsy();
    expect(state().recipe.current).toMatchObject({ method: 'average', seed: 0 });
    app.recipe.setSeed(5);
    app.recipe.undo();
    expect(state().recipe.current.seed).toBe(0);
    await lessons.leave();
    expect(state().recipe).toEqual(own.recipe);
  });

  it('from a file stays in its language when the page changes its own', async () => {
    const { lessons, state } = await begun();
    await lessons.translate('de');
    expect(state().notices).toEqual([]);
    expect(state().lesson.lesson?.language).toBe('en');
  });

  it('at an address that does not answer fails after a while, and the address is the person’s own again', async () => {
    const { app, lessons, state, address } = await begun();
    await lessons.leave();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(namedError('TimeoutError', 'late')));
    vi.spyOn(globalThis, 'fetch').mockImplementation((_, init) => Promise.reject(init?.signal?.reason));
    address.fragment = 'lesson=https://example.org/never.json';
    await app.link.restore();
    await lessons.open(state().lesson.asked!);
    vi.restoreAllMocks();
    expect(state().notices.at(-1)?.text).toContain('got no answer within 15 s');
    expect(state().lesson.phase).toBe('closed');
    expect(address.fragment).toBe('seed=7&tensor=up');
  });

  it('from a file cannot go on after a reload, which gives the state back', async () => {
    const stored = new Map<string, string>();
    await begun({}, { stored });
    const { app } = await openApp({ stored, fragment: '#gap=5&lesson=file' });
    const lessons = lessonActionsOf(app, factsOf);
    await lessons.open(app.store.getState().lesson.asked!);
    const { notices, recipe, view } = app.store.getState();
    expect(notices.at(-1)?.text).toContain('Drop it here again');
    expect(recipe.current.seed).toBe(7);
    expect(view).toMatchObject({ tensor: 'up', lesson: null });
  });

  it('gives the state back after a reload in the middle', async () => {
    const stored = new Map<string, string>();
    await begun({}, { stored });
    const { app } = await openApp({ stored, fragment: '#lesson=mine&lesson-step=2' });
    expect(app.store.getState().lesson.asked).toEqual({ name: 'mine', step: 1 });
    const lessons = lessonActionsOf(app, factsOf);
    const asked = { name: 'file', file: { name: 'mine.json', text: JSON.stringify(LESSON) } };
    askLesson(app.store, asked);
    await lessons.open(asked);
    await lessons.leave();
    expect(app.store.getState().recipe.current.seed).toBe(7);
    expect(app.store.getState().view.tensor).toBe('up');
  });
});
