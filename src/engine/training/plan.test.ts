import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusText, openShipped, recipeWith, testEnvironment } from '../../../tests/engine';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import type { Engine } from '../engine';
import type { JobEvent, TrainingTexts, TrainRequest } from '../jobs';
import { type ByteStore, MemoryByteStore, ByteStoreError } from '../environment/byte-store';

const content = await corpusText('observatory-train.txt');
const TEXTS: TrainingTexts = { train: { name: 'tales.txt', content: content.slice(0, 1500) } };

const recipe = (fields: Partial<Recipe> = {}, change: Partial<Recipe['training']> = {}): Recipe =>
  recipeWith({
    method: 'copy-previous:zero',
    gaps: [6],
    ...fields,
    training: { ...DEFAULT_RECIPE.training, steps: 12, batch: 2, context: 16, rate: 3e-3, ...change },
  });

describe('planning', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openShipped();
  });
  afterAll(() => engine.dispose());

  it('says what arms hold and learn from before anything is trained, and what training then says', async () => {
    const recipes = [recipe(), recipe({ gaps: 'bottom' }), recipe({ method: 'solar' })];
    const plan = await engine.run('planTraining', { recipes, texts: { ...TEXTS, heldOutShare: 0.1 } });
    const [text] = plan.texts;
    const windows = text?.examples ?? 0;
    expect(windows).toBeGreaterThan(10);
    expect(plan.measured).toBe(Math.ceil(windows / 10) * 16);
    for (const [i, arm] of plan.arms.entries()) {
      const one = recipes[i];
      if (!one || 'problem' in arm) throw new Error('expected a plan for every arm');
      const result = await engine.run('train', { arm: `arm ${i}`, recipe: one, texts: TEXTS, maxSteps: 1 });
      const { memory, trainable, layers, newLayers, stepCost } = result;
      expect(arm).toEqual({ memory, trainable, layers, newLayers, stepCost });
    }
  });

  it('plans the arms that fit beside one that does not, which says what would', async () => {
    const recipes = [recipe(), recipe({ method: 'solar' })];
    const plan = await engine.run('planTraining', { recipes, texts: TEXTS, memoryBytes: 24 * 2 ** 20 });
    expect(plan.arms[0]).toHaveProperty('memory');
    expect(plan.arms[1]).toEqual({
      problem: expect.stringMatching(/fits into 24 MiB, got one of .*train fewer/),
    });
  });

  it('refuses a text of which nothing is left to learn from', async () => {
    const texts = { train: { name: 'short.txt', content: content.slice(0, 120) }, heldOutShare: 0.9 };
    await expect(
      engine.run('planTraining', { recipes: [recipe({}, { context: 24 })], texts }),
    ).rejects.toThrow(/2 windows, one of them to measure/);
  });

  it('says how far many documents are tokenised, and may be cancelled among them', async () => {
    const documents = Array.from({ length: 400 }, (_, i) => `${i} ${content.slice(0, 2000)}`);
    const texts = { train: { name: 'many.txt', content: documents.join('\n***\n') } };
    const stop = new AbortController();
    const fractions: number[] = [];
    const onEvent = (event: JobEvent): void => {
      if (event.type !== 'progress') return;
      expect(event.progress.label).toBe('Tokenising the texts');
      fractions.push(event.progress.fraction ?? 1);
      if (fractions.length === 3) stop.abort();
    };
    const planned = engine.run(
      'planTraining',
      { recipes: [recipe()], texts },
      { onEvent, signal: stop.signal },
    );
    await expect(planned).rejects.toMatchObject({ name: 'AbortError' });
    expect(fractions.at(-1)).toBeLessThan(0.5);
  });

  it('measures a step', async () => {
    const speed = await engine.run('trainingSpeed', { batch: 2, context: 16 });
    expect(speed.stepMs.forward).toBeGreaterThan(0);
    expect(speed.stepMs.backward).toBeGreaterThan(0);
    expect(speed.evaluationMsPerToken).toBeGreaterThan(0);
    // Four new blocks at the top of eight: 12 + 8 + 4.
    expect(speed.stepCost).toBe(24);
  });
});

describe('keeping', () => {
  const request = (change: Partial<TrainRequest> = {}): TrainRequest => ({
    arm: 'a',
    recipe: recipe(),
    texts: TEXTS,
    keep: 'race-a',
    ...change,
  });

  it('goes on from the shelf in another engine to the numbers of an unbroken run', async () => {
    const byteStore = new MemoryByteStore();
    const whole = await openShipped();
    const unbroken = await whole.run('train', request());
    whole.dispose();

    const first = await openShipped({ ...testEnvironment(), byteStore });
    await first.run('train', request({ maxSteps: 5 }));
    expect(await first.run('keepTraining', { arm: 'a', keep: 'race-a' })).toEqual({
      step: 5,
      lasting: false,
    });
    first.dispose();
    const second = await openShipped({ ...testEnvironment(), byteStore });
    const steps: number[] = [];
    const resumed = await second.run('train', request(), {
      onEvent: (event: JobEvent) => event.type === 'step' && steps.push(event.step.step),
    });
    expect(steps).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(resumed.losses).toEqual(unbroken.losses);
    expect(resumed.evaluations.at(-1)).toEqual(unbroken.evaluations.at(-1));
    await second.run('dropTraining', { arm: 'a', keep: 'race-a' });
    expect(await byteStore.read('race-a')).toBeUndefined();
    second.dispose();
  });

  it('keeps a state by itself on the way', async () => {
    const byteStore = new MemoryByteStore();
    const engine = await openShipped({ ...testEnvironment(), byteStore });
    await engine.run('train', request({ maxSteps: 11 }));
    engine.dispose();
    const other = await openShipped({ ...testEnvironment(), byteStore });
    const steps: number[] = [];
    await other.run('train', request({ maxSteps: 1 }), {
      onEvent: (event) => event.type === 'step' && steps.push(event.step.step),
    });
    other.dispose();
    expect(steps).toEqual([11]);
  });

  it('trains on where nothing can be kept, and says so', async () => {
    const byteStore: ByteStore = {
      read: async () => undefined,
      write: () => Promise.reject(new ByteStoreError('expected room, got none')),
      remove: async () => undefined,
      list: async () => [],
    };
    const engine = await openShipped({ ...testEnvironment(), byteStore });
    const result = await engine.run('train', request({ maxSteps: 2 }));
    expect(result).toMatchObject({ step: 2, unkept: 'expected room, got none' });
    engine.dispose();
  });

  it('refuses what is not a state; a kept one that is damaged it replaces, and says so', async () => {
    const byteStore = new MemoryByteStore();
    await byteStore.write('race-a', new Uint8Array(64));
    const engine = await openShipped({ ...testEnvironment(), byteStore });
    await expect(engine.run('bringTraining', request())).rejects.toThrow(/damaged or another file/);
    const { keep: _, ...unkept } = request({ maxSteps: 2 });
    await expect(engine.run('train', { ...unkept, state: new Uint8Array(64) })).rejects.toThrow(
      /damaged or another file/,
    );
    const notices: string[] = [];
    const { losses } = await engine.run('train', request({ maxSteps: 2 }), {
      onEvent: (event) => event.type === 'notice' && notices.push(event.text),
    });
    expect(notices).toEqual([expect.stringMatching(/kept of a is damaged.*trained again/)]);
    expect((await byteStore.read('race-a'))?.length).toBeGreaterThan(64);
    await engine.run('dropTraining', { arm: 'a' });
    expect(losses).toEqual((await engine.run('train', unkept)).losses);
    engine.dispose();
  });

  it('continues a prompt after every evaluation, greedily', async () => {
    const engine = await openShipped();
    const samples: string[] = [];
    const sample = { prompt: 'Once upon a time', maxTokens: 6 };
    await engine.run('train', request({ sample, evaluateEvery: 12, maxSteps: 1 }), {
      onEvent: (event) => event.type === 'sample' && samples.push(`${event.step} ${event.text}`),
    });
    const { text } = await engine.run('generate', {
      recipe: null,
      ...sample,
      temperature: 0,
      topP: 1,
      seed: 0,
    });
    // Before the first step a zeroed arm predicts the same as the base.
    expect(samples).toEqual([`0 ${text}`]);
    engine.dispose();
  });
});
