import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { CpuBackend } from '../../backend/cpu/backend';
import type { Backend } from '../../backend/operations';
import { evaluate } from '../../llama/evaluate';
import { LlamaModel } from '../../llama/model';
import { randomModel } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { UpscaleError } from '../block/errors';
import { expand } from '../expanding/expand';
import type { Expansion } from '../expanding/expansion';
import { PLANNED_TENSORS } from '../block/planned';

const IDS = [1, 5, 9, 30, 22, 3, 17, 8];
const MODEL = { num_hidden_layers: 4, attention_bias: true };
const recipe = (fields: Partial<Recipe> = {}): Recipe => ({
  ...DEFAULT_RECIPE,
  method: 'lesa',
  gaps: [0, 2],
  seed: 3,
  ...fields,
});

async function openModel(
  backend: Backend,
  fields: Readonly<Record<string, unknown>> = MODEL,
): Promise<Weights> {
  const { config, checkpoint } = await randomModel(fields, 11, 'BF16');
  return new Weights(backend, checkpoint, config);
}

async function readBlocks({ blocks }: Expansion): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const block of blocks)
    for (const key of block.tensors.keys()) values.set(`${block.gap} ${key}`, await block.read(key));
  return values;
}

describe.each(await openBackends())('lesa on $name', ({ open }) => {
  let backend: Backend;
  let weights: Weights;
  let made: Map<string, Float32Array>;
  beforeAll(async () => {
    backend = await open();
    weights = await openModel(backend);
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  it('predicts the seven matrices and takes all else from block 0', async () => {
    const seen: { label: string; fraction: number }[] = [];
    const expansion = await expand(backend, weights, recipe(), { onProgress: (step) => seen.push(step) });
    expect(expansion.zeroInit).toBe(false);
    made = await readBlocks(expansion);
    const [first, ...others] = await Promise.all([0, 1, 2, 3].map((index) => weights.block(index)));
    if (!first) throw new Error('no block 0');
    for (const block of expansion.blocks) {
      const { gap, tensors } = block;
      const onDevice = await block.acquire();
      expect([...tensors.keys()]).toEqual([...first.keys()]);
      for (const [key, tensor] of first) {
        const values = made.get(`${gap} ${key}`);
        const built = tensors.get(key);
        const matrix = PLANNED_TENSORS.some((name) => key === `${name}.weight`);
        expect(onDevice.get(key)?.shape).toEqual(tensor.shape);
        expect(built?.origin).toBe(matrix ? 'computed' : 'copy');
        if (built?.origin === 'copy') expect(built.of).toBe(0);
        if (!matrix) expect(values).toEqual(await backend.read(tensor));
        // The seven matrices are no copies, and their norms are those of weights.
        for (const base of matrix ? [first, ...others] : []) {
          const other = base.get(key);
          if (!other) throw new Error(`no ${key}`);
          const original = await backend.read(other);
          expect(values).not.toEqual(original);
          const norm = (x: Float32Array | undefined) => Math.sqrt(x?.reduce((sum, y) => sum + y * y, 0) ?? 0);
          expect(norm(values) / norm(original)).toBeGreaterThan(0.1);
          expect(norm(values) / norm(original)).toBeLessThan(3);
        }
      }
    }
    for (let index = 0; index < 4; index++) weights.release(index);

    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    for (const tensor of PLANNED_TENSORS)
      for (const part of ['SVD', 'epoch 1 of 10', 'epoch 10 of 10'])
        expect(seen.some(({ label }) => label.includes(`${tensor}: ${part}`))).toBe(true);

    const base = LlamaModel.base(backend, weights.config, weights);
    const deeper = new LlamaModel(backend, weights.config, weights, expansion.layers);
    const { maxLogitDifference } = await evaluate(deeper, [Uint32Array.from(IDS)], { base });
    expect(maxLogitDifference).toBeGreaterThan(0.01);
    expansion.free();
  });

  it('makes the same blocks again, and others from another seed or other parents', async () => {
    const again = await expand(backend, weights, recipe({ gaps: [2] }));
    for (const [key, values] of await readBlocks(again)) expect(values).toEqual(made.get(key));
    again.free();
    const gate = '2 mlp.gate_proj.weight';
    for (const fields of [{ seed: 4 }, { parents: { 2: [1, 2] as [number, number] } }]) {
      const other = await expand(backend, weights, recipe({ gaps: [2], ...fields }));
      expect((await readBlocks(other)).get(gate)).not.toEqual(made.get(gate));
      other.free();
    }
  });

  it('computes exactly what its base computes where its output is zeroed', async () => {
    const labels: string[] = [];
    const expansion = await expand(backend, weights, recipe({ zeroInit: true }), {
      onProgress: ({ label }) => labels.push(label),
    });
    const base = LlamaModel.base(backend, weights.config, weights);
    const deeper = new LlamaModel(backend, weights.config, weights, expansion.layers);
    expect((await evaluate(deeper, [Uint32Array.from(IDS)], { base })).maxLogitDifference).toBe(0);
    const zeroed = await readBlocks(expansion);
    for (const [key, values] of zeroed)
      if (!/o_proj|down_proj/.test(key)) expect(values).toEqual(made.get(key));
      else expect(values.every((value) => value === 0)).toBe(true);
    // No network is trained for a zeroed tensor.
    expect(labels.some((label) => /down_proj: epoch/.test(label))).toBe(false);
    expansion.free();
  });
});

describe('lesa', () => {
  let backend: CpuBackend;
  beforeEach(() => {
    backend = new CpuBackend();
  });

  it('gives everything back when it is cancelled', async () => {
    const weights = await openModel(backend);
    for (const moment of ['k_proj: SVD', 'gate_proj: epoch 4', 'gap 2|3: mlp.up_proj']) {
      const controller = new AbortController();
      const cancelled = expand(backend, weights, recipe(), {
        signal: controller.signal,
        onProgress: ({ label }) => {
          if (label.includes(moment)) controller.abort();
        },
      });
      await expect(cancelled).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    }
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('asks for three blocks', async () => {
    const weights = await openModel(backend, { num_hidden_layers: 2 });
    const refused = expand(backend, weights, recipe({ gaps: [0] }));
    await expect(refused).rejects.toThrow(UpscaleError);
    await expect(refused).rejects.toThrow(/at least 3 blocks, got 2/);
    weights.free();
  });

  it.each([
    [{ hidden_size: 4, intermediate_size: 2052 }, /at most 2048.*got 2052/],
    // Only q_proj is too wide.
    [{ num_attention_heads: 516, head_dim: 4 }, /q_proj.*at most 2048.*got 2064/],
  ])('refuses matrices too large to decompose, before it reads any: %o', async (fields, message) => {
    const weights = await openModel(backend, { ...MODEL, ...fields });
    const labels: string[] = [];
    const refused = expand(backend, weights, recipe(), { onProgress: ({ label }) => labels.push(label) });
    await expect(refused).rejects.toThrow(UpscaleError);
    await expect(refused).rejects.toThrow(message);
    expect(labels).toEqual([]);
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });
});
