import { beforeEach, describe, expect, it } from 'vitest';
import type { Jobs, TrainResult } from '../../../engine/jobs';
import { MemoryByteStore } from '../../../engine/environment/byte-store';
import type { App } from '../app';
import type { ScriptedEngine } from '../testing';
import { namedError, openApp, testLocks } from '../testing';
import { forecastKey } from './forecast-actions';
import { addRaceFiles } from './own-texts';
import { raceActionsOf } from './race-actions';
import { TEST_MEMORY } from './testing';

const ARM = { memory: TEST_MEMORY, trainable: 100, layers: 12, newLayers: [4], stepCost: 24 };

const START = { step: 0, heldout: 5, retention: 4, response: null, moved: {} };

const PLANNING = {
  planTraining: ({ recipes }: Jobs['planTraining']['args']) => ({
    texts: [],
    measured: 10,
    arms: recipes.map(() => ARM),
  }),
  trainingSpeed: () => ({
    stepMs: { forward: 1, backward: 1, optimizer: 1 },
    stepCost: 24,
    evaluationMsPerToken: 0.001,
  }),
  prepareTraining: () => ({ step: 0 }),
  evaluateStart: () => START,
  keepTraining: () => ({ step: 1, lasting: true }),
  dropTraining: () => null,
  bringTraining: () => ({ step: 1 }),
};

/** A fake training: every step has loss 5 − step and takes long enough to fill a turn. */
function trained(done: Map<string, number>) {
  return ({ arm, recipe, maxSteps = 1 }: Jobs['train']['args']): TrainResult => {
    const { steps } = recipe.training;
    const step = Math.min(steps, (done.get(arm) ?? 0) + maxSteps);
    done.set(arm, step);
    return {
      ...ARM,
      arm,
      step,
      steps,
      done: step >= steps,
      losses: Array.from({ length: step }, (_, i) => 5 - i),
      evaluations: [START, { step, heldout: 5 - step, retention: 4, response: null, moved: {} }],
      stepMs: { forward: 1000, backward: 1000, optimizer: 1 },
      parameters: 1000,
      tokens: 8 * step,
      texts: [],
      backend: 'cpu',
    };
  };
}

class LastingStore extends MemoryByteStore {
  override async write(name: string, bytes: Uint8Array): Promise<boolean> {
    await super.write(name, bytes);
    return true;
  }
}

const FRAGMENT = 'tab=train&race=count&minutes=off&train-steps=3&seeds=2';

describe('a race in the page', () => {
  let app: App;
  let engine: ScriptedEngine;
  let byteStore: MemoryByteStore;
  let done: Map<string, number>;
  const race = () => app.store.getState().race;
  const updateForecast = () => raceActionsOf(app.context).updateForecast(forecastKey(app.store.getState()));

  beforeEach(async () => {
    byteStore = new MemoryByteStore();
    done = new Map();
    ({ app, engine } = await openApp({
      answers: { ...PLANNING, train: trained(done) },
      fragment: FRAGMENT,
      byteStore,
    }));
    await updateForecast();
  });

  it('measures no speed for a forecast that was cancelled, and keeps one that is complete', async () => {
    const actions = raceActionsOf(app.context);
    actions.cancelForecast();
    expect(race().forecast?.speed).toBeDefined();

    app.view.show({ race: 'positions' });
    delete engine.answers.planTraining;
    const planned = engine.all('planTraining').length;
    const measured = engine.all('trainingSpeed').length;
    const cancelled = updateForecast();
    await expect.poll(() => engine.all('planTraining').length).toBe(planned + 1);
    actions.cancelForecast();
    await cancelled;
    expect(engine.last('planTraining').signal?.aborted).toBe(true);
    expect(engine.all('trainingSpeed')).toHaveLength(measured);
    expect(race()).toMatchObject({ forecast: undefined, forecasting: false });
  });

  it('trains all arms in turn, seed after seed, and keeps those of the first seed', async () => {
    await raceActionsOf(app.context).start();
    expect(race().status).toBe('done');
    const turns = engine.all('train').map(({ args }) => args.arm);
    expect(turns.slice(0, 6)).toEqual([
      '1 new block, seed 0',
      '2 new blocks, seed 0',
      '4 new blocks, seed 0',
      '1 new block, seed 0',
      '2 new blocks, seed 0',
      '4 new blocks, seed 0',
    ]);
    expect(turns).toHaveLength(2 * 3 * 3);
    const [first] = engine.all('train');
    expect(first?.args.texts.train?.content).toMatch(/observatory-train/);
    expect(engine.all('train').map(({ args }) => args.recipe.training.seed)).toEqual([
      ...Array(9).fill(0),
      ...Array(9).fill(1),
    ]);
    expect(race().race?.runs.every(({ status, losses }) => status === 'done' && losses.length === 3)).toBe(
      true,
    );
    const kept = engine.all('keepTraining').map(({ args }) => args.arm);
    expect(kept).toHaveLength(3);
    expect(kept.every((arm) => arm.endsWith('seed 0'))).toBe(true);
    const dropped = engine.all('dropTraining').filter(({ args }) => args.keep !== undefined);
    expect(dropped.every(({ args }) => args.arm.endsWith('seed 1'))).toBe(true);
  });

  it('says how long the rest takes, from the times it has measured', async () => {
    const left: (number | undefined)[] = [];
    app.store.subscribe(
      (state) => state.race.remainingMs,
      (ms) => left.push(ms),
    );
    await raceActionsOf(app.context).start();
    expect(left.at(-1)).toBe(0);
  });

  it('measures as often as chosen', async () => {
    app.recipe.setRace({ measurements: 2 });
    await raceActionsOf(app.context).start();
    expect(race().race?.evaluations).toBe(2);
    expect(new Set(engine.all('train').map(({ args }) => args.evaluateEvery))).toEqual(new Set([3]));
  });

  it('trains an arm as soon as it is ready, beside the preparation of the others', async () => {
    delete engine.answers.prepareTraining;
    void raceActionsOf(app.context).start();
    await expect.poll(() => engine.all('prepareTraining').length).toBe(1);
    expect(engine.all('train')).toHaveLength(0);
    engine.last('prepareTraining').resolve({ step: 0 });
    await expect.poll(() => engine.all('train').length).toBeGreaterThan(1);
    expect(new Set(engine.all('train').map(({ args }) => args.arm))).toEqual(
      new Set(['1 new block, seed 0']),
    );
    const second = engine.last('prepareTraining');
    second.emit({ type: 'progress', progress: { label: 'gap 3: plan' } });
    expect(race().beside).toBe('preparing 2 new blocks, seed 0: gap 3: plan');
    second.reject(namedError('UpscaleError', 'expected blocks, got none'));
    await expect.poll(() => engine.all('prepareTraining').length).toBe(3);
    engine.answers.prepareTraining = PLANNING.prepareTraining;
    engine.last('prepareTraining').resolve({ step: 0 });
    await expect.poll(() => race().status).toBe('done');
    expect(
      race()
        .race?.runs.slice(0, 3)
        .map(({ status }) => status),
    ).toEqual(['done', 'failed', 'done']);
    expect(race().beside).toBeUndefined();
  });

  it('puts an evaluation of the start first, whenever it comes', async () => {
    const good = trained(done);
    // Without the start, which is evaluated beside.
    engine.answers.train = (args) => {
      const result = good(args);
      return { ...result, evaluations: result.evaluations.slice(1) };
    };
    delete engine.answers.evaluateStart;
    void raceActionsOf(app.context).start();
    await expect.poll(() => engine.all('train').length).toBeGreaterThan(3);
    expect(engine.all('train').every(({ args }) => args.startLater)).toBe(true);
    const { args, emit } = engine.last('evaluateStart');
    emit({ type: 'evaluation', arm: args.arm, evaluation: START });
    emit({ type: 'sample', arm: args.arm, step: 0, text: 'first' });
    await raceActionsOf(app.context).pause();
    const run = race().race?.runs.find(({ name }) => name === args.arm);
    expect(run?.evaluations[0]).toEqual(START);
    expect(run?.evaluations.length).toBeGreaterThan(1);
    expect(run?.samples).toEqual([{ step: 0, text: 'first' }]);
  });

  it('goes on when an arm fails, and says why it did', async () => {
    const good = trained(done);
    engine.answers.train = (args) => {
      if (args.arm.startsWith('2 new')) throw namedError('TrainError', 'expected a finite loss, got NaN');
      return good(args);
    };
    await raceActionsOf(app.context).start();
    const runs = race().race?.runs ?? [];
    expect(runs.map(({ status }) => status)).toEqual(['done', 'failed', 'done', 'done', 'failed', 'done']);
    expect(runs[1]?.problem).toBe('expected a finite loss, got NaN');
  });

  it('pauses, is there on the next visit, and goes on', async () => {
    delete engine.answers.train;
    void raceActionsOf(app.context).start();
    await expect.poll(() => engine.all('train').length).toBe(1);
    await raceActionsOf(app.context).pause();
    expect(race().status).toBe('paused');
    expect(engine.last('train').signal?.aborted).toBe(true);

    const next = await openApp({
      answers: { ...PLANNING, train: trained(new Map()) },
      fragment: FRAGMENT,
      byteStore,
    });
    await raceActionsOf(next.app.context).restore();
    expect(next.app.store.getState().race.status).toBe('paused');
    await raceActionsOf(next.app.context).resume();
    expect(next.app.store.getState().race.status).toBe('done');
    expect(next.engine.all('train')[0]?.args.keep).toBe(engine.last('train').args.keep);
    expect(next.engine.all('train')[0]?.args.texts).toEqual(engine.last('train').args.texts);
  });

  it('is there after a lesson that ran its own, also if the page was reloaded in between', async () => {
    const actions = raceActionsOf(app.context);
    await actions.start(true);
    const own = race().race;
    await actions.setAside();
    expect(race().race).toBeUndefined();
    await actions.start(true);
    expect(race().race?.id).not.toBe(own?.id);
    await actions.putBack();
    expect(race().race).toEqual(own);

    const next = await openApp({ answers: PLANNING, fragment: FRAGMENT, byteStore });
    const later = raceActionsOf(next.app.context);
    await later.setAside();
    await later.restore();
    expect(next.app.store.getState().race.race).toBeUndefined();
    await later.putBack();
    expect(next.app.store.getState().race).toMatchObject({ status: 'paused', race: { id: own?.id } });
  });

  it('of another tab stays its own, and is opened in place of this one when that tab is closed', async () => {
    const taken = new Set<string>();
    const answers = { ...PLANNING, train: trained(new Map()) };
    byteStore = new LastingStore();
    const visit = async () => {
      const { app: page, engine: its } = await openApp({
        answers,
        fragment: FRAGMENT,
        byteStore,
        locks: testLocks(taken),
      });
      return { page, its, actions: raceActionsOf(page.context), state: () => page.store.getState().race };
    };
    const [one, two] = [await visit(), await visit()];
    for (const { page, actions } of [one, two]) {
      await actions.updateForecast(forecastKey(page.store.getState()));
      await actions.restore();
      await actions.start(true);
    }
    const [first, second] = [one.state().race?.id ?? '', two.state().race?.id ?? ''];
    await one.actions.restore();
    expect(one.state().others).toMatchObject([{ id: second, elsewhere: true }]);
    await one.actions.open(second);
    expect(one.state().race?.id).toBe(first);
    expect(one.page.store.getState().notices.at(-1)?.title).toMatch(/open in another tab/);
    // The second tab is closed.
    taken.delete(`interlayer race ${second}`);
    await one.actions.restore();
    expect(one.state().others).toMatchObject([{ id: second, elsewhere: false }]);
    await one.actions.open(second);
    expect(one.state()).toMatchObject({ status: 'paused', race: { id: second }, others: [{ id: first }] });
    expect(one.its.all('dropTraining').every(({ args }) => args.keep === undefined)).toBe(true);
    await one.actions.discardOther(first);
    expect(one.state().others).toEqual([]);
    expect(await byteStore.list()).toEqual([`race-${second}.json`]);
  });

  it('does single steps', async () => {
    await raceActionsOf(app.context).start(true);
    expect(race().status).toBe('paused');
    expect(race().race?.runs.map(({ losses }) => losses.length)).toEqual([1, 1, 1, 0, 0, 0]);
    await raceActionsOf(app.context).resume(true);
    expect(race().race?.runs.map(({ losses }) => losses.length)).toEqual([2, 2, 2, 0, 0, 0]);
  });

  it('notes steps as they come, those done again in place of the first ones', async () => {
    delete engine.answers.train;
    void raceActionsOf(app.context).start();
    await expect.poll(() => engine.all('train').length).toBe(1);
    const { emit, args } = engine.last('train');
    const step = (number: number, loss: number) =>
      emit({
        type: 'step',
        arm: args.arm,
        step: {
          step: number,
          steps: 3,
          stage: 'text',
          rate: 1e-3,
          tokens: 8,
          loss,
          gradientNorm: 1,
          gradientNorms: { 'model.layers.4.mlp.down_proj.weight': loss },
          milliseconds: { forward: 1, backward: 1, optimizer: 1 },
        },
      });
    step(1, 5);
    step(2, 4);
    step(2, 3.5);
    await raceActionsOf(app.context).pause();
    const [run] = race().race?.runs ?? [];
    expect(run?.losses).toEqual([5, 3.5]);
    expect(run?.gradients).toEqual({ 'model.layers.4.mlp.down_proj.weight': [5, 3.5] });
  });

  it('stops for good with what was reached', async () => {
    delete engine.answers.train;
    void raceActionsOf(app.context).start();
    await expect.poll(() => engine.all('train').length).toBe(1);
    await raceActionsOf(app.context).stop();
    expect(race().status).toBe('done');
    await raceActionsOf(app.context).discard();
    expect(race()).toMatchObject({ status: 'idle', race: undefined });
    expect(await byteStore.list()).toEqual([]);
  });

  it('refuses two arms of one name', async () => {
    app.view.show({ race: 'own' });
    const arm = { id: '1', title: 'twin', recipe: app.store.getState().recipe.current };
    app.store.setState({ race: { ...race(), own: [arm, { ...arm, id: '2' }] } });
    await updateForecast();
    await raceActionsOf(app.context).start();
    expect(engine.all('train')).toHaveLength(0);
  });

  it('takes dropped files for what they look made for, and measures the end of a text that comes alone', async () => {
    await addRaceFiles(app.store, [
      new File(['once'], 'mine.txt'),
      new File(['{"instruction": "a", "response": "b"}'], 'pairs.jsonl'),
    ]);
    expect(Object.keys(race().texts)).toEqual(['train', 'pairs']);
    await updateForecast();
    const { texts } = engine.last('planTraining').args;
    expect(texts).toMatchObject({ train: { name: 'mine.txt' }, heldOutShare: 0.1 });
    expect(texts.heldout).toBeUndefined();
  });
});
