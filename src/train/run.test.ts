import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBackends } from '../../tests/backends';
import { CpuBackend } from '../backend/cpu/backend';
import type { Backend } from '../backend/operations';
import { LlamaModel } from '../llama/model';
import { randomModel } from '../llama/testing';
import { Weights } from '../llama/weights';
import { randomSource } from '../random';
import { DEFAULT_RECIPE } from '../recipe/schema';
import type { Example } from './examples';
import { type RunData, type RunStep, type TrainingSettings, TrainingRun } from './run';
import type { Trainable } from './trained';

const random = randomSource(5);
const examples = (count: number, from: number): Example[] =>
  Array.from({ length: count }, () => ({
    // A learnable pattern: ids of residue classes that repeat every three tokens.
    ids: Uint32Array.from({ length: 9 }, (_, i) => (i % 3) * 7 + Math.floor(random() * 3)),
    from,
  }));
const DATA: RunData = { text: examples(7, 1), pairs: examples(5, 4) };
const SETTINGS: TrainingSettings = {
  ...DEFAULT_RECIPE.training,
  steps: 7,
  tuningSteps: 4,
  batch: 2,
  accumulation: 2,
  context: 8,
  rate: 1e-2,
};
const ALL: Trainable = { blocks: [1, 2], embedding: false, finalNorm: true, head: true };

async function openRun(
  backend: Backend,
  change: Partial<TrainingSettings> = {},
  trainable: Trainable = ALL,
  data: RunData = DATA,
  keepActivations = true,
): Promise<TrainingRun> {
  const { config, checkpoint } = await randomModel({ attention_bias: true }, 77);
  const model = LlamaModel.base(backend, config, new Weights(backend, checkpoint, config));
  const settings = { ...SETTINGS, ...change };
  return TrainingRun.open(model, { identity: 'tiny', trainable, settings, data, keepActivations });
}

async function finish(run: TrainingRun): Promise<RunStep[]> {
  const steps: RunStep[] = [];
  while (!run.done) await run.advance({ onStep: (step) => steps.push(step) });
  return steps;
}

describe.each(await openBackends())('a training on $name', ({ name, slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.dispose());

  it('goes on after an interruption to the same bits as without, over both stages', async () => {
    const change = slow ? { steps: 2, tuningSteps: 2 } : {};
    const whole = await openRun(backend, change);
    const steps = await finish(whole);
    expect(steps.map(({ step, stage }) => `${step} ${stage}`)).toEqual(
      slow
        ? ['1 text', '2 text', '3 pairs', '4 pairs']
        : [
            ...[1, 2, 3, 4, 5, 6, 7].map((step) => `${step} text`),
            ...[8, 9, 10, 11].map((step) => `${step} pairs`),
          ],
    );
    const end = await whole.save();
    for (const stop of name === 'cpu' ? [0, 3, 7, 9] : [slow ? 3 : 8]) {
      const first = await openRun(backend, change);
      for (let i = 0; i < stop; i++) await first.advance();
      const state = await first.save();
      first.free();
      const second = await openRun(backend, change);
      second.restore(state);
      expect(second.step).toBe(stop);
      await finish(second);
      expect(second.losses).toEqual(whole.losses);
      expect(await second.save()).toEqual(end);
      second.free();
    }
    whole.free();
  });

  it('gets the same bits when activations are computed again', async () => {
    const two = { steps: 2, tuningSteps: 0 };
    const [kept, again] = [await openRun(backend, two), await openRun(backend, two, ALL, DATA, false)];
    await finish(kept);
    await finish(again);
    expect(again.losses).toEqual(kept.losses);
    expect(await again.save()).toEqual(await kept.save());
    kept.free();
    again.free();
  });

  it('learns', async () => {
    const run = await openRun(backend, { steps: slow ? 12 : 30, tuningSteps: 0, batch: 4, accumulation: 1 });
    await finish(run);
    expect(run.losses.at(-1)).toBeLessThan(0.8 * (run.losses[0] ?? 0));
    run.free();
  });
});

describe('a training', () => {
  const backend = new CpuBackend();

  it('is the same whatever the batches a step is cut into', async () => {
    const [one, cut] = [
      await openRun(backend, { batch: 4, accumulation: 1 }),
      await openRun(backend, { batch: 1, accumulation: 4 }),
    ];
    const [a, b] = [await finish(one), await finish(cut)];
    for (const [i, { loss, gradientNorm }] of a.entries()) {
      expect(b[i]?.loss).toBeCloseTo(loss, 5);
      expect(b[i]?.gradientNorm).toBeCloseTo(gradientNorm, 4);
    }
  });

  it('depends on its seed', async () => {
    const losses = async (seed: number): Promise<readonly number[]> => {
      const run = await openRun(backend, { seed, steps: 2, tuningSteps: 0, batch: 1 });
      await finish(run);
      return run.losses;
    };
    expect(await losses(3)).toEqual(await losses(3));
    expect(await losses(3)).not.toEqual(await losses(4));
  });

  it('shrinks a gradient to the norm asked for', async () => {
    // With small eps the first AdamW step does not depend on the gradient's norm; with large eps it does.
    const moved = async (clip: number | null): Promise<number> => {
      const run = await openRun(backend, {
        clip,
        eps: 100,
        rate: 1,
        weightDecay: 0,
        steps: 1,
        tuningSteps: 0,
      });
      const { all } = run.trainer.trained.parameters;
      const read = (): Promise<Float32Array[]> => Promise.all(all.map(({ value }) => backend.read(value)));
      const before = await read();
      let gradientNorm = 0;
      await run.advance({ onStep: (step) => (gradientNorm = step.gradientNorm) });
      const after = await read();
      const length = Math.hypot(
        ...after.flatMap((values, i) => Array.from(values, (value, j) => value - (before[i]?.[j] ?? 0))),
      );
      run.free();
      return length / (clip ?? gradientNorm);
    };
    expect((await moved(0.05)) / (await moved(null))).toBeCloseTo(1, 2);
  });

  it.each([
    [
      'the final norm alone',
      { blocks: [], embedding: false, finalNorm: true, head: false },
      ['model.norm.weight'],
    ],
    ['the head alone', { blocks: [], embedding: false, finalNorm: false, head: true }, ['lm_head.weight']],
    [
      'two kinds of tensor in one block',
      {
        blocks: [1],
        embedding: false,
        finalNorm: false,
        head: false,
        tensors: (key: string) => /q_proj|layernorm/.test(key),
      },
      [
        'model.layers.1.input_layernorm.weight',
        'model.layers.1.self_attn.q_proj.weight',
        'model.layers.1.self_attn.q_proj.bias',
        'model.layers.1.post_attention_layernorm.weight',
      ],
    ],
  ])('moves %s and nothing else', async (_, trainable, names) => {
    const run = await openRun(backend, { steps: 2, tuningSteps: 0 }, trainable);
    const blocks = await Promise.all(
      run.trainer.model.layers.flatMap((layer) => (layer.kind === 'new' ? [layer.block.acquire()] : [])),
    );
    const frozen = blocks.flatMap((block) =>
      [...block].filter(([key]) => !names.includes(`model.layers.1.${key}`)).map(([, tensor]) => tensor),
    );
    const before = await Promise.all(frozen.map((tensor) => backend.read(tensor)));
    await finish(run);
    expect(run.trainer.trained.parameters.all.map(({ name }) => name)).toEqual(names);
    expect(await Promise.all(frozen.map((tensor) => backend.read(tensor)))).toEqual(before);
    run.free();
  });

  it('stops when it goes astray, with the last sound state', async () => {
    const run = await openRun(backend, {
      rate: 1,
      warmup: 0,
      clip: null,
      steps: 40,
      tuningSteps: 0,
      weightDecay: 0,
    });
    const start = await run.save();
    const failed = await finish(run).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'DivergedError' });
    expect(String(failed)).toMatch(
      /step \d+: expected a .*Take a smaller learning rate\. The state of step \d+ is kept/,
    );
    expect(run.done).toBe(true);
    expect(run.step % 10).toBe(0);
    for (const loss of run.losses) expect(Number.isFinite(loss)).toBe(true);
    if (run.step === 0) expect(await run.save()).toEqual(start);
    for (const { value } of run.trainer.trained.parameters.all)
      expect((await backend.read(value)).every(Number.isFinite)).toBe(true);
  });

  it('leaves everything as it was when cancelled within a step', async () => {
    const run = await openRun(backend);
    await run.advance();
    const state = await run.save();
    const controller = new AbortController();
    const stepping = run.advance({ signal: controller.signal });
    controller.abort();
    await expect(stepping).rejects.toMatchObject({ name: 'AbortError' });
    expect(await run.save()).toEqual(state);
    await finish(run);
    const whole = await openRun(backend);
    await finish(whole);
    expect(run.losses).toEqual(whole.losses);
  });

  it('continues only its own states', async () => {
    const run = await openRun(backend);
    const state = await run.save();
    const other = await openRun(backend, { rate: 2e-2 });
    expect(() => other.restore(state)).toThrow('got one of another recipe, model or text');
    const elsewhere = await openRun(backend, {}, ALL, { ...DATA, text: examples(7, 1) });
    expect(() => elsewhere.restore(state)).toThrow('got one of another recipe, model or text');
    for (const broken of [state.subarray(0, 5), state.subarray(0, state.length - 4), new Uint8Array(64)])
      expect(() => run.restore(broken)).toThrow('got a damaged or another file');
  });

  it('refuses to train nothing, or what is not there', async () => {
    const none = { blocks: [], embedding: false, finalNorm: false, head: false };
    await expect(openRun(backend, {}, none)).rejects.toThrow(
      'expected at least one tensor to train, got none',
    );
    await expect(openRun(backend, {}, { ...none, blocks: [3] })).rejects.toThrow(
      'from 0 to 2 to train, got 3',
    );
    await expect(openRun(backend, {}, { ...none, blocks: [1, 1] })).rejects.toThrow('Name each once');
  });

  it('frees all it held', async () => {
    const own = new CpuBackend();
    const { config, checkpoint } = await randomModel({}, 77);
    const weights = new Weights(own, checkpoint, config);
    const base = LlamaModel.base(own, config, weights);
    const run = await TrainingRun.open(base, {
      identity: 'tiny',
      trainable: ALL,
      settings: SETTINGS,
      data: DATA,
      keepActivations: true,
    });
    const held = own.memory().tensors;
    await run.advance();
    expect(own.memory().tensors).toBeLessThanOrEqual(held + 40);
    const once = own.memory().tensors;
    await run.advance();
    await run.advance();
    expect(own.memory().tensors).toBe(once);
    run.free();
    weights.free();
    expect(own.memory().tensors).toBe(0);
  });
});

describe('quick steps on a GPU', () => {
  /** A backend that says it is a GPU and counts how often it is waited for. */
  function gpu(): { backend: Backend; waits: { read: number; settle: number } } {
    const inner = new CpuBackend();
    const waits = { read: 0, settle: 0 };
    const backend = new Proxy(inner, {
      get(target, property) {
        if (property === 'info') return { ...inner.info, kind: 'webgpu' };
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (property === 'read' || property === 'settle') waits[property]++;
          return Reflect.apply(value, target, args);
        };
      },
    });
    return { backend, waits };
  }

  // Time stands still, so that all steps after the first are quick, and reports are due only where states are saved.
  beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(0));
  afterEach(() => void vi.restoreAllMocks());

  it('are not read back one by one, and come to the same', async () => {
    const { backend, waits } = gpu();
    const run = await openRun(backend, { steps: 25, tuningSteps: 0 });
    const steps: number[] = [];
    const onStep = ({ step }: RunStep): unknown => steps.push(step);
    await run.advance({ onStep });
    const before = { ...waits };
    for (let step = 2; step <= 10; step++) await run.advance({ onStep });
    expect(waits).toEqual({ read: before.read, settle: before.settle + 9 });
    expect([steps, run.step, run.losses.length]).toEqual([[1], 10, 1]);
    while (!run.done) await run.advance({ onStep });
    expect(steps).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    const cpu = await openRun(new CpuBackend(), { steps: 25, tuningSteps: 0 });
    await finish(cpu);
    expect(run.losses).toEqual(cpu.losses);
    expect(await run.save()).toEqual(await cpu.save());
  });

  it('count when a later one is cancelled', async () => {
    const run = await openRun(gpu().backend);
    const steps: number[] = [];
    for (let step = 1; step <= 3; step++) await run.advance();
    const controller = new AbortController();
    const stepping = run.advance({ signal: controller.signal });
    controller.abort();
    await expect(stepping).rejects.toMatchObject({ name: 'AbortError' });
    await run.collect(({ step }) => steps.push(step));
    expect(steps).toEqual([2, 3]);
    const cpu = await openRun(new CpuBackend());
    for (let step = 1; step <= 3; step++) await cpu.advance();
    expect(await run.save()).toEqual(await cpu.save());
  });

  it('stop when they go astray where slow ones stop', async () => {
    const wild = { rate: 1, warmup: 0, clip: null, steps: 40, tuningSteps: 0, weightDecay: 0 };
    const ends = await Promise.all(
      [gpu().backend, new CpuBackend()].map(async (backend) => {
        const run = await openRun(backend, wild);
        const seen: number[] = [];
        const failure = await (async () => {
          while (!run.done) await run.advance({ onStep: ({ step }) => seen.push(step) });
        })().catch((error: unknown) => String(error));
        return { failure, seen, losses: run.losses, state: await run.save() };
      }),
    );
    expect(ends[0]?.failure).toMatch(/DivergedError: step \d+/);
    expect(ends[0]).toEqual(ends[1]);
  });
});
