import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { checkTensors } from './check';
import { parseConfig } from './config';
import { evaluate } from './evaluate';
import { KvCache } from './kv-cache';
import { LlamaModel } from './model';
import { naiveLogits, naiveNll } from './naive';
import { logitsOf, randomModel, randomTensors, TINY, tinyCheckpoint, worstDifference } from './testing';
import { Weights } from './weights';

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(worstDifference(got, expected)).toBeLessThan(tolerance);
}

describe('any Llama against a plain float64 forward pass', () => {
  const ids = [1, 5, 36, 0, 7, 7, 12, 30, 2, 18, 21];

  it.each([
    ['grouped heads, head_dim apart from hidden/heads', {}, 'F32'],
    ['attention and MLP biases', { attention_bias: true, mlp_bias: true }, 'F32'],
    ['a tied head, bf16', { tie_word_embeddings: true }, 'BF16'],
    ['single heads, f16, an odd head count', { num_attention_heads: 3, num_key_value_heads: 3 }, 'F16'],
    [
      'one key head for all, linear scaling',
      { num_key_value_heads: 1, rope_scaling: { type: 'linear', factor: 2 } },
      'F32',
    ],
  ] as const)('%s', async (_, fields, dtype) => {
    const { config, checkpoint, tensors } = await randomModel(fields, 7, dtype);
    const backend = new CpuBackend();
    const model = LlamaModel.base(backend, config, new Weights(backend, checkpoint, config));
    const slow = 'rope_scaling' in fields ? 2 : 1;
    const expected = naiveLogits(
      config,
      tensors,
      ids,
      (position, pair) => position / slow / 500 ** (pair / 4),
    );
    expectClose(await logitsOf(model, ids), expected.flat(), 2e-5);
    const { nll } = await evaluate(model, [Uint32Array.from(ids)]);
    expectClose(
      nll,
      ids.slice(1).map((id, t) => naiveNll(expected[t] ?? [], id)),
      2e-5,
    );
  });

  it('reads a tied matrix stored only as the head, and prefers the embedding where both are stored', async () => {
    const raw = { ...TINY, tie_word_embeddings: true };
    const config = parseConfig(raw);
    const tensors = randomTensors(config, 3);
    const expected = naiveLogits(
      config,
      tensors,
      ids,
      (position, pair) => position / 500 ** (pair / 4),
    ).flat();
    const embedding = tensors.get('model.embed_tokens.weight');
    expect(embedding).toBeDefined();
    if (embedding === undefined) return;

    const both = new Map(tensors).set('lm_head.weight', {
      ...embedding,
      values: embedding.values.map((v) => v + 1),
    });
    const onlyHead = new Map(tensors).set('lm_head.weight', embedding);
    onlyHead.delete('model.embed_tokens.weight');
    for (const stored of [both, onlyHead]) {
      const backend = new CpuBackend();
      const checkpoint = await tinyCheckpoint(raw, stored);
      checkTensors(config, checkpoint);
      const weights = new Weights(backend, checkpoint, config);
      expectClose(await logitsOf(LlamaModel.base(backend, config, weights), ids), expected, 2e-5);
      expect(weights.head).toBe(weights.embedding);
    }
  });
});

describe('extending a sequence', () => {
  it('gives the same hidden states however the tokens are dealt out', async () => {
    const { config, checkpoint } = await randomModel({ attention_bias: true, mlp_bias: true }, 4);
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const ids = Uint32Array.of(1, 9, 22, 3, 3, 17, 30, 8);
    const [whole] = await model.hidden([ids]);
    const expected = whole === undefined ? [] : await backend.read(whole);
    for (const parts of [[8], [3, 1, 4], [1, 1, 1, 1, 1, 1, 1, 1]]) {
      const cache = new KvCache(backend, config, model.layers.length, 8);
      const got: number[] = [];
      for (const length of parts) {
        const hidden = await model.extend(ids.subarray(cache.length, cache.length + length), cache);
        got.push(...(await backend.read(hidden)));
        backend.free(hidden);
      }
      expectClose(got, expected, 1e-6);
      await expect(model.extend(Uint32Array.of(1), cache)).rejects.toThrow(/at most 0 further tokens/);
      cache.free();
    }
    if (whole !== undefined) backend.free(whole);
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });
});
