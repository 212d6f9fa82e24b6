import { describe, expect, it } from 'vitest';
import fixture from '../../tests/fixtures/demo-model.json';
import { CpuBackend } from '../backend/cpu/backend';
import { Checkpoint } from '../checkpoint/checkpoint';
import { parseConfig } from './config';
import { generate } from './generate';
import { LlamaModel } from './model';
import { randomModel, shippedFiles } from './testing';
import { Weights } from './weights';

async function tiny(fields: object = {}): Promise<LlamaModel> {
  const { config, checkpoint } = await randomModel({ eos_token_id: null, ...fields }, 21);
  const backend = new CpuBackend();
  return LlamaModel.base(backend, config, new Weights(backend, checkpoint, config));
}

/** Generates greedily without a cache: each token from a forward pass over the whole sequence. */
async function recomputed(model: LlamaModel, prompt: readonly number[], count: number): Promise<number[]> {
  const ids = [...prompt];
  while (ids.length < prompt.length + count) {
    const [hidden] = await model.hidden([Uint32Array.from(ids)]);
    if (hidden === undefined) throw new Error('no hidden state');
    const logits = await model.logits(hidden, ids.length - 1, 1);
    const values = [...(await model.backend.read(logits))];
    model.backend.free(hidden, logits);
    ids.push(values.indexOf(Math.max(...values)));
  }
  return ids.slice(prompt.length);
}

describe('generate', () => {
  it('continues as float64 PyTorch does, greedily, on the shipped model', async () => {
    const checkpoint = await Checkpoint.open(await shippedFiles());
    const config = parseConfig(checkpoint.config);
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const { prompt, continuation } = fixture.greedy;
    const seen: number[] = [];
    const made = await generate(model, prompt, {
      maxTokens: continuation.length,
      onToken: (id, ids) => {
        seen.push(id);
        expect(ids).toEqual(seen);
      },
    });
    expect(made).toEqual(continuation);
    expect(seen).toEqual(continuation);
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('gives what recomputing from scratch gives', async () => {
    const model = await tiny({ attention_bias: true });
    const expected = await recomputed(model, [1, 4, 9], 10);
    expect(await generate(model, [1, 4, 9], { maxTokens: 10 })).toEqual(expected);
  });

  it('stops before the end-of-text token, any of several', async () => {
    const prompt = [1, 4, 9];
    const free = await generate(await tiny(), prompt, { maxTokens: 10 });
    const end = free.findIndex((id, i) => i > 0 && !free.slice(0, i).includes(id));
    expect(end).toBeGreaterThan(0);
    const model = await tiny({ eos_token_id: [36, free[end]] });
    const stop = free.findIndex((id) => id === 36 || id === free[end]);
    expect(await generate(model, prompt, { maxTokens: 10 })).toEqual(free.slice(0, stop));
  });

  it('samples the same by the same seed, otherwise by another', async () => {
    const model = await tiny();
    const draw = (seed: number): Promise<number[]> =>
      generate(model, [1, 4], { maxTokens: 12, temperature: 1.5, topP: 0.95, seed });
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
    const sharp = await generate(model, [1, 4], { maxTokens: 8, temperature: 1, topP: 1e-6, seed: 1 });
    expect(sharp).toEqual(await generate(model, [1, 4], { maxTokens: 8 }));
  });

  it('ends where the context is full', async () => {
    const model = await tiny();
    expect(await generate(model, [1, 2, 3], { maxTokens: 100 })).toHaveLength(13);
    expect(await generate(model, [1, 2, 3], { maxTokens: 0 })).toEqual([]);
  });

  it('stops when cancelled, after the tokens already told', async () => {
    const { config, checkpoint } = await randomModel({ eos_token_id: null }, 21);
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const controller = new AbortController();
    const seen: number[] = [];
    const run = generate(model, [1, 2], {
      maxTokens: 10,
      signal: controller.signal,
      onToken: (id) => {
        if (seen.push(id) === 3) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(3);
    weights.free();
    expect(model.backend.memory().tensors).toBe(0);
  });

  it('refuses wrong prompts and options', async () => {
    const model = await tiny();
    const refused = (ids: number[], options: object): Promise<void> =>
      expect(generate(model, ids, { maxTokens: 4, ...options })).rejects.toMatchObject({
        name: 'EvaluationError',
      });
    await refused([], {});
    await refused(
      Array.from({ length: 16 }, () => 1),
      {},
    );
    await refused([1, 99], {});
    await refused([1], { maxTokens: -1 });
    await refused([1], { maxTokens: 1.5 });
    await refused([1], { temperature: -1 });
    await refused([1], { temperature: Number.NaN });
    await refused([1], { topP: 0 });
    await refused([1], { topP: 1.1 });
  });
});
