import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../engine/jobs';
import { DEFAULT_RECIPE } from '../../../recipe/schema';
import type { App, AppState } from '../app';
import { modelKey } from '../derived/evaluation';
import type { Run } from '../state/race';
import { INITIAL_RACE } from '../state/race';
import { namedError, openApp } from '../testing';
import { testRace } from '../train/testing';
import { modelChoices } from './choices';
import { createTry } from './columns';
import { isMeasured, inspectionOf, currentResult } from './reading';

const probed = (ids: readonly number[], change: Partial<ProbeResult> = {}): ProbeResult => ({
  ids,
  pieces: ids.map((id) => `t${id}`),
  nll: Float32Array.from(ids.slice(1)),
  next: [{ id: 7, piece: 't7', probability: 0.5 }],
  lens: [],
  ...change,
});

const run = (change: Partial<Run> = {}): Run => ({
  arm: 'paper',
  seed: 3,
  name: 'race/paper/3',
  status: 'done',
  steps: 9,
  losses: [3, 2],
  evaluations: [],
  gradients: {},
  samples: [],
  ...change,
});

/** A race of the open model with one arm. */
const race = (app: App, ...runs: Run[]): AppState['race'] => ({
  ...INITIAL_RACE,
  status: 'done',
  race: {
    ...testRace(runs),
    arms: [{ id: 'paper', title: 'The paper', recipe: { ...DEFAULT_RECIPE, gaps: [2] } }],
    modelKey: JSON.stringify(modelKey(app.store.getState())),
  },
});

/** Waits for microtasks and due timers. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

async function setUp(answers: Parameters<typeof openApp>[0] = {}) {
  const opened = await openApp(answers);
  const { app } = opened;
  const actions = createTry(app.context);
  const state = () => app.store.getState();
  const column = (i: number) => state().tryStage.columns[i] ?? expect.fail(`no column ${i}`);
  const choiceOf = (i: number) => modelChoices(state()).find(({ id }) => id === column(i).model);
  return { ...opened, actions, state, column, choiceOf };
}

describe('continuing a prompt', () => {
  it('asks every model for the next token, then for text, one model after the other', async () => {
    const { engine, actions, column, app, state } = await setUp();
    app.view.show({ prompt: 'A king', temperature: 0.5, topP: 0.9, maxTokens: 5, trySeed: 4 });
    const round = actions.generate();
    expect(engine.last('probe').args).toMatchObject({ recipe: null, text: 'A king' });
    expect(engine.all('probe')).toHaveLength(1);
    expect(column(1).written?.status).toBe('running');
    engine.last('probe').resolve(probed([1, 2]));
    await settle();
    const settings = { prompt: 'A king', temperature: 0.5, topP: 0.9, maxTokens: 5, seed: 4 };
    expect(engine.last('generate').args).toMatchObject({ recipe: null, ...settings });
    engine.last('generate').emit({ type: 'text', text: ' sat' });
    expect(column(0).written).toMatchObject({ text: ' sat', next: [{ id: 7 }] });
    expect(state().tryStage.running.write).toMatchObject({ column: 0 });
    engine.last('generate').resolve({ ids: [5, 6], text: ' sat.' });
    await settle();
    expect(column(0).written).toMatchObject({ text: ' sat.', tokens: 2, status: 'done' });
    expect(engine.last('probe').args.recipe).toMatchObject({ method: 'opt-deus:paper' });
    engine.last('probe').reject(namedError('EvaluationError', 'too long'));
    await round;
    expect(column(1).written).toMatchObject({ status: 'failed', failure: { message: 'too long' } });
    expect(state().tryStage.running.write).toBeUndefined();
  });

  it('goes on with the others when one fails', async () => {
    const { actions, column } = await setUp({
      answers: {
        probe: ({ recipe }) => {
          if (recipe === null) throw namedError('EvaluationError', 'no');
          return probed([1]);
        },
        generate: () => ({ ids: [2], text: ' x' }),
      },
    });
    await actions.generate();
    expect(column(0).written?.status).toBe('failed');
    expect(column(1).written?.status).toBe('failed');
    expect(column(1).written?.failure?.message).toMatch(/at most 31 new tokens.*got 60/);
  });

  it('stops with the text so far, and a later round is not ended by the one it overtakes', async () => {
    const { engine, actions, column, app } = await setUp();
    app.view.show({ maxTokens: 5 });
    void actions.generate();
    engine.last('probe').resolve(probed([1]));
    await settle();
    engine.last('generate').emit({ type: 'text', text: ' so' });
    actions.stopWriting();
    engine.last('generate').emit({ type: 'text', text: ' so late' });
    await settle();
    expect(column(0).written).toMatchObject({ status: 'stopped', text: ' so' });
    expect(column(1).written?.status).toBe('stopped');
    // A late answer to the cancelled job changes nothing.
    engine.answers.probe = () => probed([1]);
    engine.answers.generate = () => {
      actions.stopWriting();
      return { ids: [2], text: ' late' };
    };
    await actions.generate();
    expect(column(0).written).toMatchObject({ status: 'stopped', text: '' });
    delete engine.answers.probe;
    delete engine.answers.generate;
    void actions.generate();
    void actions.generate();
    await settle();
    expect([column(0).written?.status, column(1).written?.status]).toEqual(['running', 'running']);
  });

  it('is of the recipe it was made with', async () => {
    const { actions, column, choiceOf, app } = await setUp({
      answers: { probe: () => probed([1]), generate: () => ({ ids: [2], text: ' x' }) },
    });
    app.view.show({ maxTokens: 5 });
    await actions.generate();
    expect(currentResult(column(1).written, choiceOf(1))?.text).toBe(' x');
    app.recipe.setMethod('average');
    expect(currentResult(column(1).written, choiceOf(1))).toBeUndefined();
    expect(currentResult(column(0).written, choiceOf(0))?.text).toBe(' x');
    await app.model.openShipped();
    expect(column(0).written).toBeUndefined();
  });
});

describe('reading a text', () => {
  const answers = {
    probe: ({ ids }: { ids?: readonly number[] }) =>
      probed(ids ?? [1, 2, 3], ids ? { nll: Float32Array.of(8, 9) } : {}),
  };

  it('measures what is not measured yet', async () => {
    const { engine, actions, column, choiceOf } = await setUp({ answers });
    actions.setText('some text');
    await actions.measure();
    expect([...(column(1).read?.nll ?? [])]).toEqual([2, 3]);
    expect(engine.all('probe')).toHaveLength(2);
    expect(isMeasured(column(0), choiceOf(0), 'some text')).toBe(true);
    expect(isMeasured(column(0), choiceOf(0), 'other text')).toBe(false);
    actions.add();
    await actions.measure();
    expect(engine.all('probe')).toHaveLength(3);
  });

  it('looks at a token from the one before it, with every model that has read it', async () => {
    const { engine, actions, column, choiceOf, state } = await setUp({ answers });
    await actions.pick(2);
    expect(engine.all('probe')).toHaveLength(0);
    actions.setText('some text');
    await actions.measure();
    await actions.pick(2);
    expect(engine.last('probe').args).toMatchObject({ ids: [1, 2, 3], at: 1, lens: true });
    expect(inspectionOf(column(1), choiceOf(1), 2)).toMatchObject({ loss: 9, status: 'done' });
    expect(inspectionOf(column(1), choiceOf(1), 1)).toBeUndefined();
    const asked = engine.all('probe').length;
    await actions.pick(2);
    expect(engine.all('probe')).toHaveLength(asked);
    actions.setText('another');
    await actions.measure();
    expect(state().tryStage.token).toBeNull();
  });

  it('takes the beginning of a shipped text as an example, whole words', async () => {
    const { actions, state } = await setUp();
    await actions.takeExample();
    expect(state().tryStage.text).toBe('text of https://example.org/interlayer/corpus/fairy-heldout.txt');
  });
});

describe('columns', () => {
  it('offer what was trained, and ask the engine for it by name', async () => {
    const { engine, actions, app, state } = await setUp({
      answers: { bringTraining: () => ({ step: 2 }) },
    });
    app.store.setState({
      race: race(app, run(), run({ name: 'race/paper/4', losses: [] })),
    });
    expect(modelChoices(state()).map(({ title }) => title)).toEqual([
      'Base model',
      'Recipe on show, untrained',
      'The paper, seed 3',
    ]);
    actions.add();
    expect(state().tryStage.columns.map(({ model }) => model)).toEqual([
      'base',
      'recipe',
      'run:race/paper/3',
    ]);
    actions.remove(0);
    actions.remove(1);
    actions.remove(2);
    expect(state().tryStage.columns).toHaveLength(1);
    actions.setText('text');
    const reading = actions.measure();
    await settle();
    expect(engine.last('probe').args).toMatchObject({ arm: 'race/paper/3', recipe: { gaps: [2] } });
    engine.last('probe').resolve(probed([1, 2]));
    await reading;
    const trained = modelChoices(state()).at(-1);
    const [only] = state().tryStage.columns;
    expect(only && isMeasured(only, trained, 'text')).toBe(true);
    // After more training steps, the old result is out of date.
    app.store.setState({ race: race(app, run({ losses: [3, 2, 1] })) });
    expect(only && isMeasured(only, modelChoices(state()).at(-1), 'text')).toBe(false);
  });

  it('forget what was shown of the model before', async () => {
    const { actions, column } = await setUp({ answers: { probe: () => probed([1, 2]) } });
    actions.setText('text');
    await actions.measure();
    actions.choose(1, 'base');
    expect(column(1)).toEqual({ id: 1, model: 'base' });
    expect(column(0).read?.status).toBe('done');
  });
});
