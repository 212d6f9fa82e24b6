import { describe, expect, it } from 'vitest';
import { openShipped } from '../../../tests/engine';
import type { JobEvent } from '../jobs';
import { corpus, recipe, request, TEXTS } from './testing';

describe('the train job', () => {
  it('tells every step and evaluation, and gives what it came to', async () => {
    const engine = await openShipped();
    const events: JobEvent[] = [];
    const result = await engine.run('train', request({ evaluateEvery: 2 }), {
      onEvent: (event) => events.push(event),
    });
    const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
    expect(steps.map(({ arm, step }) => `${arm} ${step.step}/${step.steps} ${step.stage}`)).toEqual(
      [1, 2, 3, 4].map((step) => `a ${step}/4 text`),
    );
    expect(result.losses).toEqual(steps.map(({ step }) => step.loss));
    const [first, second] = steps;
    const norms = Object.entries(first?.step.gradientNorms ?? {});
    expect(norms).toHaveLength(9);
    for (const [name, norm] of norms) expect(norm === 0, name).toBe(!/o_proj|down_proj/.test(name));
    expect(Object.values(second?.step.gradientNorms ?? {}).every((norm) => norm > 0)).toBe(true);
    expect(Math.hypot(...Object.values(second?.step.gradientNorms ?? {}))).toBeCloseTo(
      second?.step.gradientNorm ?? 0,
      6,
    );
    const evaluations = events.flatMap((event) => (event.type === 'evaluation' ? [event.evaluation] : []));
    expect(evaluations.map(({ step }) => step)).toEqual([0, 2, 4]);
    expect(result.evaluations).toEqual(evaluations);
    const [start, , end] = evaluations;
    expect(end?.heldout).not.toBe(start?.heldout);
    expect(start?.response).toBeNull();
    expect(start?.moved['model.layers.7.mlp.down_proj.weight']).toEqual({ distance: 0, from: 0 });
    expect(end?.moved['model.layers.7.mlp.down_proj.weight']?.distance).toBeGreaterThan(0);
    expect(end?.moved['model.layers.7.mlp.up_proj.weight']?.from).toBeGreaterThan(1);
    expect(result).toMatchObject({
      step: 4,
      steps: 4,
      done: true,
      layers: 9,
      newLayers: [7],
      tokens: 4 * 2 * 16,
    });
    // One of nine blocks, the second from the top: 9 + 2 + 1.
    expect(result.stepCost).toBe(12);
    expect(result.trainable).toBe(196_864);
    expect(result.texts.map(({ name, unknown }) => [name, unknown])).toEqual([
      ['observatory-train.txt', 0],
      ['observatory-heldout.txt', 0],
      ['fairy-heldout.txt', 0],
    ]);
    engine.dispose();
  });

  it('evaluates the start while the arm trains, to the same numbers as before its first step', async () => {
    const engine = await openShipped();
    // Not preserving, so that its start is not that of the base.
    const changing = recipe({}, { method: 'average', zeroInit: false });
    const first = await engine.run('train', request({ recipe: changing }));
    const late = request({ arm: 'late', recipe: changing, startLater: true });
    expect((await engine.run('prepareTraining', late)).step).toBe(0);
    const [, start] = await Promise.all([
      engine.run('train', { ...late, maxSteps: 2 }),
      engine.run('evaluateStart', late),
    ]);
    const result = await engine.run('train', late);
    expect(start).toEqual(first.evaluations[0]);
    expect(result.evaluations).toEqual(first.evaluations);
    expect(result.losses).toEqual(first.losses);
    // A preserving arm starts with the losses of the base, which all such arms share.
    const zeroed = await engine.run('train', request({ arm: 'zeroed', maxSteps: 1 }));
    const copied = await engine.run(
      'train',
      request({ arm: 'copied', recipe: recipe({}, { gaps: [3] }), maxSteps: 1 }),
    );
    expect(copied.evaluations[0]).toMatchObject({ heldout: zeroed.evaluations[0]?.heldout });
    expect(zeroed.evaluations[0]?.heldout).not.toBe(start.heldout);
    engine.dispose();
  });

  it('goes on with an arm after a pause, a cancellation and in another engine, to the same numbers', async () => {
    const engine = await openShipped();
    const { losses, evaluations } = await engine.run('train', request({ arm: 'whole' }));
    const part = await engine.run('train', request({ maxSteps: 1 }));
    expect(part).toMatchObject({ step: 1, done: false });
    const controller = new AbortController();
    const cancelled = engine.run('train', request(), {
      signal: controller.signal,
      onEvent: (event) => event.type === 'step' && controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    const { step, state } = await engine.run('trainingState', { arm: 'a' });
    expect(step).toBe(2);
    expect((await engine.run('train', request())).losses).toEqual(losses);

    const other = await openShipped();
    const resumed = await other.run('train', request({ state }));
    expect(resumed.losses).toEqual(losses);
    expect(resumed.evaluations).toEqual(evaluations);
    await expect(
      other.run('train', request({ arm: 'b', recipe: recipe({ rate: 1e-3 }), state })),
    ).rejects.toMatchObject({ name: 'TrainError' });
    engine.dispose();
    other.dispose();
  });

  it('fine-tunes on pairs after a text, and measures held-out responses', async () => {
    const engine = await openShipped();
    const texts = {
      ...TEXTS,
      pairs: await corpus('questions.jsonl', 1e6),
      heldoutPairs: await corpus('questions-heldout.jsonl', 1e6),
    };
    const two = recipe({ steps: 1, tuningSteps: 2, context: 48 });
    const result = await engine.run('train', request({ recipe: two, texts, evaluateEvery: 1 }));
    expect(result.steps).toBe(3);
    expect(result.evaluations.map(({ response }) => typeof response)).toEqual(Array(4).fill('number'));
    expect(result.texts.map(({ name }) => name)).toContain('questions.jsonl');
    engine.dispose();
  });

  it.each([
    [
      'texts too short',
      { texts: { train: { name: 'a.txt', content: 'Too short.' } } },
      /at least 17 tokens, one window/,
    ],
    ['no text', { texts: {} }, /expected text to learn from, got none/],
    [
      'no pairs',
      { recipe: recipe({ tuningSteps: 1 }) },
      /expected instruction pairs to learn from, got none/,
    ],
    ['no steps', { recipe: recipe({ steps: 0 }) }, /expected at least 1 step, got 0/],
    [
      'a context beyond the model’s',
      { recipe: recipe({ context: 512 }) },
      /at most 256 tokens, which the model is made for, got 512/,
    ],
    ['too little memory', { memoryBytes: 2 ** 20 }, /fits into 1 MiB, got one of [\d.]+ MiB/],
    ['a damaged state', { state: new Uint8Array(9) }, /damaged or another file/],
    [
      'a rate out of range',
      { recipe: recipe({ rate: 3 }) },
      /training\.rate: expected a learning rate above 0/,
    ],
  ])('refuses %s', async (_, change, message) => {
    const engine = await openShipped();
    await expect(engine.run('train', request(change))).rejects.toThrow(message);
    engine.dispose();
  });

  it('refuses two different arms of one name, and forgets one that is dropped', async () => {
    const engine = await openShipped();
    await engine.run('train', request({ maxSteps: 1 }));
    const another = request({ recipe: recipe({ rate: 1e-3 }), maxSteps: 1 });
    await expect(engine.run('train', another)).rejects.toThrow(
      'expected arms of different names, got two different ones named "a"',
    );
    await engine.run('dropTraining', { arm: 'a' });
    await expect(engine.run('trainingState', { arm: 'a' })).rejects.toThrow(
      'expected an arm in training (none), got "a"',
    );
    expect((await engine.run('train', another)).step).toBe(1);
    await engine.run('dropTraining', { arm: 'a' });
    await engine.run('clear', {});
    expect((await engine.run('memory', {})).tensors).toBe(0);
    engine.dispose();
  });
});
