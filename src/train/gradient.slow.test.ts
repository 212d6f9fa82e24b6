import { describe, expect, it } from 'vitest';
import type { CpuBackend } from '../backend/cpu/backend';
import { naiveLogits, naiveNll } from '../llama/naive';
import { LlamaModel } from '../llama/model';
import { ropeFrequencies } from '../llama/rope';
import { randomModel, SmallTensorBackend } from '../llama/testing';
import { Weights } from '../llama/weights';
import { batchesOf } from './batches';
import { Trainer } from './trainer';

const OPTIONS = {
  betas: [0.9, 0.95],
  eps: 1e-8,
  weightDecay: 0.1,
  clip: null,
  keepActivations: false,
} as const;

/** Texts of different lengths; the prompt of the second does not count. */
const EXAMPLES = [
  { ids: Uint32Array.of(1, 7, 30, 7, 2, 36, 11), from: 1 },
  { ids: Uint32Array.of(4, 22, 9, 9, 3), from: 3 },
  { ids: Uint32Array.of(5, 0, 17, 12, 8, 2), from: 2 },
];

describe('gradients of a whole model against central differences of an independent float64 forward pass', () => {
  it.each([
    ['biases, a head of its own', { attention_bias: true, mlp_bias: true }, 1e6],
    ['a tied head', { tie_word_embeddings: true }, 1e6],
    // 10 rows of 20 values to a band.
    ['matrices in bands', { attention_bias: true }, 800 * 3],
    ['a tied head in bands', { tie_word_embeddings: true }, 800 * 3],
    // Angles depend on the length of each text, not on that to which its batch is padded.
    ['dynamic RoPE', { max_position_embeddings: 4, rope_scaling: { rope_type: 'dynamic', factor: 3 } }, 1e6],
  ])('%s', async (_, fields, limit) => {
    const { config, checkpoint, tensors } = await randomModel(fields, 31);
    const backend: CpuBackend = new SmallTensorBackend(limit);
    const weights = new Weights(backend, checkpoint, config);
    const blocks = Array.from({ length: config.layers }, (__, i) => i);
    const trainable = { blocks, embedding: true, finalNorm: true, head: true };
    const trainer = await Trainer.open(LlamaModel.base(backend, config, weights), trainable, OPTIONS);
    if (limit < 1e6) expect(weights.head.length).toBeGreaterThan(1);
    // One step in two batches.
    const { loss, gradientNorms } = await trainer.step(batchesOf(EXAMPLES, 2), 1e-3);

    const naiveLoss = (): number => {
      let sum = 0;
      let count = 0;
      for (const { ids, from } of EXAMPLES) {
        const frequencies = ropeFrequencies(config.ropes[0]!, ids.length - 1);
        const angle = (position: number, pair: number): number => position * (frequencies[pair] ?? 0);
        const logits = naiveLogits(config, tensors, [...ids], angle);
        for (let t = from; t < ids.length; t++, count++) sum += naiveNll(logits[t - 1] ?? [], ids[t] ?? -1);
      }
      return sum / count;
    };
    expect(loss).toBeCloseTo(naiveLoss(), 6);

    const gradients = new Map<string, number[]>();
    for (const { name, gradient } of trainer.trained.parameters.all)
      gradients.set(name, [...(gradients.get(name) ?? []), ...(await backend.read(gradient))]);
    expect(new Set(gradients.keys())).toEqual(new Set(tensors.keys()));
    for (const [name, { values }] of tensors) {
      const gradient = gradients.get(name) ?? [];
      expect(gradient).toHaveLength(values.length);
      const largest = gradient.reduce(
        (at, value, i) => (Math.abs(value) > Math.abs(gradient[at] ?? 0) ? i : at),
        0,
      );
      for (const i of [largest, 3, values.length - 2]) {
        const kept = values[i] ?? 0;
        const at = (shift: number): { x: number; loss: number } => {
          values[i] = kept + shift;
          return { x: values[i] ?? 0, loss: naiveLoss() };
        };
        const [above, below] = [at(1e-4), at(-1e-4)];
        values[i] = kept;
        const slope = (above.loss - below.loss) / (above.x - below.x);
        expect(Math.abs((gradient[i] ?? Number.NaN) - slope), `${name}[${i}]`).toBeLessThan(
          2e-5 + 1e-4 * Math.abs(slope),
        );
      }
    }
    const total = Math.hypot(...[...gradients.values()].flat());
    expect(Math.hypot(...gradientNorms) / total).toBeCloseTo(1, 6);
    trainer.free();
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });
});
