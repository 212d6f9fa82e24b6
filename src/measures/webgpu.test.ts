import { afterAll, expect, test } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import type { Backend } from '../backend/operations';
import { WebGpuBackend } from '../backend/webgpu/backend';
import { openDawn } from '../backend/webgpu/node';
import { LlamaModel } from '../llama/model';
import { randomModel } from '../llama/testing';
import { Weights } from '../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../recipe/schema';
import { RAW_EUCLIDEAN } from '../transport/cost-settings';
import { expand } from '../upscale/expanding/expand';
import { distanceMap } from './map';
import { measure } from './measure';
import { MEASURE_GROUPS, type Measurement } from './measurement';

const gpu = await WebGpuBackend.open(await openDawn());
afterAll(() => gpu.dispose());

const RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  method: 'opt-deus:paper',
  gaps: [1],
  zeroInit: false,
  // Blocks of unfinished plans are as good to measure.
  solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.2, maxIterations: 10 },
};
const IDS = Uint32Array.of(1, 5, 36, 0, 7, 7, 12, 30, 2);

async function measured(backend: Backend): Promise<{ measurement: Measurement; map: Float32Array }> {
  const { config, checkpoint } = await randomModel({ attention_bias: true, mlp_bias: true }, 4, 'BF16');
  const weights = new Weights(backend, checkpoint, config);
  const expansion = await expand(backend, weights, RECIPE);
  const model = new LlamaModel(backend, config, weights, expansion.layers);
  const subject = { model, checkpoint, expansion, recipe: RECIPE };
  const measurement = await measure(subject, [IDS], IDS, { groups: MEASURE_GROUPS });
  const options = { cost: RAW_EUCLIDEAN, maxPixels: 64 };
  const map = await distanceMap(backend, weights, 'mlp.up_proj', { kind: 'blocks' }, options);
  expansion.free();
  weights.free();
  expect(backend.memory().tensors).toBe(0);
  return { measurement, map: map.distances };
}

/** Lists all numbers of a result in order; null becomes −1. */
function numbers(value: unknown): number[] {
  if (value === null) return [-1];
  if (typeof value === 'number') return [value];
  if (value instanceof Float32Array) return [...value];
  return typeof value === 'object' ? Object.values(value).flatMap(numbers) : [];
}

test('every measure on WebGPU is the CPU’s', async () => {
  const [cpu, web] = [await measured(new CpuBackend()), await measured(gpu)];
  const [expected, got] = [numbers(cpu), numbers(web)];
  expect(got).toHaveLength(expected.length);
  expect(expected.length).toBeGreaterThan(200);
  for (const [i, value] of expected.entries())
    expect(Math.abs((got[i] ?? Number.NaN) - value), `number ${i}`).toBeLessThan(
      2e-4 * Math.max(1, Math.abs(value)),
    );
});
