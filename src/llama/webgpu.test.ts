import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../tests/fixtures/demo-model.json';
import { CpuBackend } from '../backend/cpu/backend';
import { WebGpuBackend } from '../backend/webgpu/backend';
import { openDawn } from '../backend/webgpu/node';
import { Checkpoint } from '../checkpoint/checkpoint';
import { parseConfig } from './config';
import { evaluate } from './evaluate';
import { generate } from './generate';
import { LlamaModel } from './model';
import { randomModel, shippedFiles, worstDifference } from './testing';
import { Weights } from './weights';

describe('on WebGPU', () => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await WebGpuBackend.open(await openDawn());
  });
  afterAll(() => backend.dispose());

  it('runs the shipped model as float64 PyTorch does', async () => {
    const checkpoint = await Checkpoint.open(await shippedFiles());
    const config = parseConfig(checkpoint.config);
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const { forward, greedy } = fixture;
    const result = await evaluate(model, [Uint32Array.from(forward.ids)]);
    expect(worstDifference(result.nll, forward.nll)).toBeLessThan(1e-4);
    expect(Math.abs(result.loss - forward.mean_nll)).toBeLessThan(1e-5);
    expect(await generate(model, greedy.prompt, { maxTokens: 8 })).toEqual(greedy.continuation.slice(0, 8));
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('agrees with the CPU on odd sizes, biases, packed weights and a budget that holds nothing', async () => {
    const windows = [Uint32Array.of(1, 2, 3, 9, 30, 22, 7), Uint32Array.of(4, 36)];
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      const { config, checkpoint } = await randomModel({ attention_bias: true, mlp_bias: true }, 3, dtype);
      const weights = new Weights(backend, checkpoint, config, 1);
      const cpu = new CpuBackend();
      const reference = LlamaModel.base(cpu, config, new Weights(cpu, checkpoint, config));
      const { nll } = await evaluate(LlamaModel.base(backend, config, weights), windows);
      expect(worstDifference(nll, (await evaluate(reference, windows)).nll)).toBeLessThan(1e-5);
    }
  });
});
