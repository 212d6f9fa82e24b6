import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import type { Backend, Tensor } from '../backend/operations';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { evaluate } from './evaluate';
import { residentBlock } from './block-handle';
import { LlamaModel } from './model';
import { logitsOf, randomModel, SmallTensorBackend, worstDifference } from './testing';
import { stacksOf } from './stacks';
import { Weights } from './weights';

async function tiny(): Promise<{ backend: Backend; model: LlamaModel; checkpoint: Checkpoint }> {
  const { config, checkpoint } = await randomModel({}, 5);
  const backend = new CpuBackend();
  return {
    backend,
    checkpoint,
    model: LlamaModel.base(backend, config, new Weights(backend, checkpoint, config)),
  };
}

/** Returns the base model with a copy of its first block after that block, o_proj and down_proj times `gain`. */
async function deeper(model: LlamaModel, gain: number): Promise<LlamaModel> {
  const source = await model.weights.block(0);
  const block = new Map<string, Tensor>();
  for (const [key, tensor] of source) {
    const scaled = key.includes('o_proj') || key.includes('down_proj');
    block.set(key, model.backend.weightedSum(tensor, scaled ? gain : 1));
  }
  model.weights.release(0);
  const layers = [
    { kind: 'base', index: 0 } as const,
    { kind: 'new', like: 0, block: residentBlock(block) } as const,
    ...model.layers.slice(1),
  ];
  return new LlamaModel(model.backend, model.config, model.weights, layers);
}

describe('evaluate', () => {
  const windows = [Uint32Array.of(1, 5, 36, 0, 7, 7, 12), Uint32Array.of(30, 2, 18)];

  it('finds a block with zero output projections to change no bit', async () => {
    const { model } = await tiny();
    const base = await evaluate(model, windows);
    const expanded = await evaluate(await deeper(model, 0), windows, { base: model });
    expect(expanded.maxLogitDifference).toBe(0);
    expect(expanded.nll).toEqual(base.nll);
    expect(base).not.toHaveProperty('maxLogitDifference');
  });

  it('finds the largest difference of any logit', async () => {
    const { model } = await tiny();
    const other = await deeper(model, 0.5);
    let expected = 0;
    for (const ids of windows) {
      const a = await logitsOf(model, ids.slice(0, -1));
      const b = await logitsOf(other, ids.slice(0, -1));
      expected = Math.max(expected, worstDifference(a, b));
    }
    const { maxLogitDifference } = await evaluate(other, windows, { base: model });
    expect(expected).toBeGreaterThan(0.01);
    expect(maxLogitDifference).toBeCloseTo(expected, 5);
  });

  it('finds the same losses for windows computed together as for each alone', async () => {
    const { model } = await tiny();
    const four = [
      Uint32Array.of(1, 5, 36, 0, 7),
      Uint32Array.of(9, 3, 3, 20, 11),
      Uint32Array.of(2, 30, 8, 0, 1),
      Uint32Array.of(30, 2, 18),
    ];
    expect(stacksOf(four).map(({ length }) => length)).toEqual([3, 1]);
    const alone: number[] = [];
    for (const ids of four) alone.push(...(await evaluate(model, [ids])).nll);
    const together = await evaluate(model, four, { base: await deeper(model, 0.5) });
    expect(together.nll).toEqual(Float32Array.from(alone));
    expect(together.maxLogitDifference).toBeGreaterThan(0.01);
  });

  it('takes one window longer than the context', async () => {
    const { model } = await tiny();
    const ids = Uint32Array.from({ length: 24 }, (_, i) => (i * 7) % 37);
    expect((await evaluate(model, [ids])).nll).toHaveLength(23);
  });

  it('refuses texts without a prediction and ids outside the vocabulary', async () => {
    const { model } = await tiny();
    for (const short of [
      [],
      [new Uint32Array()],
      [Uint32Array.of(1)],
      [Uint32Array.of(1, 2), Uint32Array.of(3)],
    ]) {
      await expect(evaluate(model, short)).rejects.toThrow(/at least 2 tokens/);
    }
    await expect(evaluate(model, [Uint32Array.of(1, 37)])).rejects.toMatchObject({
      name: 'EvaluationError',
      message: expect.stringMatching(/Token 2 of 2.*0 to 36, got 37/),
    });
  });

  it('names the first loss that is not finite', async () => {
    const { model, checkpoint } = await tiny();
    const block = new Map<string, Tensor>();
    for (const [key, tensor] of await model.weights.block(0)) block.set(key, tensor);
    const gain = new Float32Array(20).fill(Number.NaN);
    block.set('input_layernorm.weight', model.backend.upload(gain, [20], 'f32', 'bad'));
    const broken = new LlamaModel(
      model.backend,
      model.config,
      new Weights(model.backend, checkpoint, model.config),
      [{ kind: 'new', like: 0, block: residentBlock(block) }],
    );
    await expect(evaluate(broken, windows)).rejects.toMatchObject({
      name: 'EvaluationError',
      message: expect.stringMatching(/NaN at prediction 1 of 8/),
    });
  });
});

describe('memory and progress', () => {
  it('cuts embedding, head and logits into bands without changing a number', async () => {
    const { config, checkpoint } = await randomModel({}, 9);
    const windows = [Uint32Array.of(1, 5, 36, 0, 7, 7, 12), Uint32Array.of(30, 2, 18)];
    const whole = new CpuBackend();
    const expected = await evaluate(
      LlamaModel.base(whole, config, new Weights(whole, checkpoint, config)),
      windows,
    );
    // The largest block tensor takes 32·20·4 bytes; a logits row 37·4, an embedding row 20·4.
    const small = new SmallTensorBackend(2560);
    const weights = new Weights(small, checkpoint, config);
    const model = LlamaModel.base(small, config, weights);
    expect(weights.embedding.map(({ rowStart, rows }) => [rowStart, rows])).toEqual([
      [0, 32],
      [32, 5],
    ]);
    expect(model.logitRows).toBe(17);
    const tight = new LlamaModel(new SmallTensorBackend(300), config, weights, []);
    expect(tight.logitRows).toBe(2);
    expect(await evaluate(model, windows)).toEqual(expected);
    const rows = new SmallTensorBackend(300);
    const banded = new Weights(rows, checkpoint, config);
    expect(banded.head).toHaveLength(13);
    expect(await evaluate(LlamaModel.base(rows, config, banded), windows)).toEqual(expected);
  });

  it('reads each block once per pass, however small the budget and many the windows', async () => {
    const { config, checkpoint } = await randomModel({}, 9);
    const reads = new Map<string, number>();
    const counted = Object.create(checkpoint, {
      tensors: { value: checkpoint.tensors },
      read: {
        value: (name: string) => {
          reads.set(name, (reads.get(name) ?? 0) + 1);
          return checkpoint.read(name);
        },
      },
      readRows: { value: checkpoint.readRows.bind(checkpoint) },
    }) as Checkpoint;
    const backend = new CpuBackend();
    const weights = new Weights(backend, counted, config, 1);
    const fractions: number[] = [];
    const windows = [Uint32Array.of(1, 2, 3), Uint32Array.of(4, 5), Uint32Array.of(6, 7, 8)];
    await evaluate(LlamaModel.base(backend, config, weights), windows, {
      onProgress: (f) => fractions.push(f),
    });
    const blockReads = [...reads].filter(([name]) => name.startsWith('model.layers.'));
    expect(blockReads).toHaveLength(27);
    expect(blockReads.every(([, times]) => times === 1)).toBe(true);
    expect(backend.memory().tensors).toBe(0);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1, 12);
    expect(fractions.length).toBe(3 * 3 + 3);
  });

  it('stops when cancelled and leaves nothing behind', async () => {
    const { config, checkpoint } = await randomModel({}, 9);
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const controller = new AbortController();
    const windows = [Uint32Array.of(1, 2, 3), Uint32Array.of(4, 5)];
    const run = evaluate(model, windows, {
      signal: controller.signal,
      onProgress: (fraction) => fraction > 0.3 && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    const why = new Error('another recipe');
    await expect(evaluate(model, windows, { signal: AbortSignal.abort(why) })).rejects.toBe(why);
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });
});
