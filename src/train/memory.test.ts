import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { LlamaModel } from '../llama/model';
import { randomModel, SmallTensorBackend } from '../llama/testing';
import { Weights } from '../llama/weights';
import { batchesOf } from './batches';
import { countTrainable, planMemory } from './memory';
import { Trainer } from './trainer';

const OPTIONS = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0, clip: null } as const;
const WIDE = { hidden_size: 32, intermediate_size: 64, num_hidden_layers: 4 };

async function open(
  fields: object = {},
): Promise<{ backend: CpuBackend; model: LlamaModel; weights: Weights }> {
  const { config, checkpoint } = await randomModel({ ...WIDE, ...fields }, 3);
  const backend = new CpuBackend();
  const weights = new Weights(backend, checkpoint, config);
  return { backend, weights, model: LlamaModel.base(backend, config, weights) };
}

const TOP = { blocks: [2, 3], embedding: false, finalNorm: false, head: false };
const ALL = { blocks: [0, 1, 2, 3], embedding: true, finalNorm: true, head: true };

describe('the memory plan', () => {
  it.each([
    ['top blocks, activations kept', TOP, true, {}],
    ['top blocks, computed again', TOP, false, {}],
    ['everything, activations kept', ALL, true, {}],
    ['everything, computed again', ALL, false, {}],
    [
      'norms of all kinds and a cap',
      ALL,
      true,
      { architectures: ['Gemma3ForCausalLM'], final_logit_softcapping: 9 },
    ],
  ])('is what a step holds at most: %s', async (_, trainable, keepActivations, fields) => {
    const { backend, model } = await open(fields);
    const request = { batch: 8, context: 16, budgetBytes: Infinity };
    const most = planMemory(model, trainable, request);
    const plan = keepActivations
      ? most
      : planMemory(model, trainable, { ...request, budgetBytes: most.total - 1 });
    expect(plan.keepActivations).toBe(keepActivations);
    const trainer = await Trainer.open(model, trainable, { ...OPTIONS, keepActivations });
    const counted = trainer.trained.parameters.all.reduce((sum, { value }) => sum + value.bytes, 0);
    expect(plan.parameters).toBe(counted);
    expect(countTrainable(model.config, trainable)).toBe(counted / 4);
    const examples = Array.from({ length: 8 }, () => ({ ids: new Uint32Array(17), from: 1 }));
    await trainer.step(batchesOf(examples, 8), 1e-3);
    // This backend holds results in float64, twice the nominal size; frozen weights here are float32 of half the plan's count.
    const ratio = backend.memory().peakBytes / 2 / plan.total;
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.1);
  });

  it('computes again what does not fit, and refuses with what would', async () => {
    const { model } = await open();
    const plan = (budgetBytes: number) => planMemory(model, ALL, { batch: 8, context: 16, budgetBytes });
    const kept = plan(Infinity);
    const again = plan(kept.total - 1);
    expect(again.total).toBeLessThan(kept.total);
    expect(again.activations).toBeLessThan(kept.activations);
    expect(() => plan(again.total - 1)).toThrow(
      /expected a training that fits into [\d.]+ MiB, got one of [\d.]+ MiB \([\d.]+ MiB of parameters, gradients and moments\)\. A batch of 7 would fit \(accumulate gradients over 2 of them\)\./,
    );
    // 8 windows of 16 tokens and 64 gates.
    const small = new SmallTensorBackend(4 * 8 * 16 * 64 - 1);
    const narrow = LlamaModel.base(small, model.config, model.weights);
    expect(() => planMemory(narrow, ALL, { batch: 8, context: 16, budgetBytes: Infinity })).toThrow(
      /expected tensors of at most 0 MiB, the device's limit, got one of 0 MiB for 8 windows of 16 tokens\. A batch of 7 would fit/,
    );
    expect(() => plan(1000)).toThrow(
      'Not even one window would fit: train fewer blocks, or choose a shorter context',
    );
  });
});
