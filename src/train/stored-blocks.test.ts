import { expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { MemoryScratch } from '../checkpoint/memory-scratch';
import { LlamaModel } from '../llama/model';
import { randomModel } from '../llama/testing';
import { Weights } from '../llama/weights';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { expand, type ExpandOptions } from '../upscale/expanding/expand';
import { batchesOf } from './batches';
import { Trainer } from './trainer';

const IDS = Uint32Array.from({ length: 12 }, (_, i) => (5 * i) % 13);
const OPTIONS = {
  betas: [0.9, 0.95],
  eps: 1e-8,
  weightDecay: 0.1,
  clip: null,
  keepActivations: true,
} as const;

it('trains some tensors of blocks in temporary files as of blocks on the device', async () => {
  const backend = new CpuBackend();
  const { config, checkpoint } = await randomModel({}, 3, 'BF16');
  const weights = new Weights(backend, checkpoint, config, 1);
  const scratch = new MemoryScratch();
  const losses = async (options: ExpandOptions): Promise<number[]> => {
    const recipe = { ...DEFAULT_RECIPE, method: 'average', gaps: [0, 1] } as const;
    const made = await expand(backend, weights, { ...recipe, gaps: [0, 1] }, options);
    const model = new LlamaModel(backend, config, weights, made.layers);
    const trainable = {
      blocks: made.newLayers,
      tensors: (key: string) => key.includes('q_proj'),
      embedding: false,
      finalNorm: false,
      head: false,
    };
    const trainer = await Trainer.open(model, trainable, OPTIONS);
    const batch = batchesOf([{ ids: IDS, from: 1 }], 1);
    const steps: number[] = [];
    for (let step = 0; step < 3; step++) steps.push((await trainer.step(batch, 1e-2)).loss);
    trainer.free();
    made.free();
    return steps;
  };
  const resident = await losses({});
  expect(resident[2]).toBeLessThan(resident[0] ?? 0);
  expect(await losses({ scratch, residentBytes: 0 })).toEqual(resident);
  expect(scratch.files.size).toBe(0);
  weights.free();
  expect(backend.memory().tensors).toBe(0);
});
