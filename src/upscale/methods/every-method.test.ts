import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../backend/cpu/backend';
import { blockShapes } from '../../llama/block';
import { randomModel } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { isOutputProjection } from '../block/block-tensor';
import { isLayout, METHOD_GROUPS, type Setting } from '../contract/method';
import { expand } from '../expanding/expand';
import { METHODS } from '.';

/** Properties of every method in the list. */

type Values = Map<string, Float32Array>;

/** Few iterations, so that a plan depends on its starting potentials. */
const SOLVER = { ...DEFAULT_RECIPE.solver, kind: 'sinkhorn', epsilon: 0.2, maxIterations: 3 } as const;

/** Another value for each setting that can change a block's weights. */
const CHANGES: Partial<Record<Setting, Partial<Recipe>>> = {
  parents: { parents: { 1: [0, 3] } },
  alpha: { alpha: 0.25 },
  solver: { solver: { ...SOLVER, epsilon: 0.5, spread: 0.5 } },
  cost: { cost: { ...DEFAULT_RECIPE.cost, metric: 'squared' } },
  structured: { structured: { ...DEFAULT_RECIPE.structured, repairNorms: true } },
  seed: { seed: 5 },
};

/** Architectures whose blocks have other tensors than Llama's. */
const OTHERS = [
  ['Qwen2ForCausalLM', {}],
  ['Qwen3ForCausalLM', {}],
  ['Olmo2ForCausalLM', { attention_bias: true }],
  ['Gemma3ForCausalLM', {}],
] as const;

describe.each(METHODS.map((method) => [method.id, method] as const))('%s', (id, method) => {
  let backend: CpuBackend;
  let weights: Weights;
  beforeAll(async () => {
    backend = new CpuBackend();
    const { config, checkpoint } = await randomModel({ num_hidden_layers: 4, attention_bias: true }, 11);
    weights = new Weights(backend, checkpoint, config);
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  const recipe = (fields: Partial<Recipe> = {}): Recipe => ({
    ...DEFAULT_RECIPE,
    method: id,
    gaps: [1],
    solver: SOLVER,
    slices: method.reads.includes('slices') ? [{ start: 0, end: 4 }] : null,
    ...fields,
  });

  /** Makes and reads the new block of gap 1. Frees all tensors. */
  async function made(fields: Partial<Recipe> = {}): Promise<Values> {
    const expansion = await expand(backend, weights, recipe(fields));
    const values: Values = new Map();
    for (const block of expansion.blocks)
      for (const key of block.tensors.keys()) values.set(key, await block.read(key));
    expansion.free();
    return values;
  }

  it('has a place in the menu and words', () => {
    expect(METHOD_GROUPS).toContain(method.group);
    expect(METHODS.filter((other) => other.id === id)).toEqual([method]);
    for (const text of [method.title, method.short, method.meaning]) expect(text.trim()).not.toBe('');
  });

  it('starts as the base model where it zeroes, and leaves it to the recipe', async () => {
    for (const zeroInit of ['method', true, false] as const) {
      const expansion = await expand(backend, weights, recipe({ zeroInit }));
      const zeroed = zeroInit === 'method' ? method.zeroInit : zeroInit;
      expect(expansion.zeroInit).toBe(zeroed);
      if (!isLayout(method)) expect(expansion.preserving).toBe(zeroed);
      expansion.free();
    }
  });

  if (isLayout(method)) return;

  it('makes every tensor of a block, finite, and zero only where it is to be', async () => {
    for (const zeroInit of [true, false]) {
      const values = await made({ zeroInit });
      expect([...values.keys()]).toEqual([...blockShapes(weights.config).keys()]);
      for (const [key, tensor] of values) {
        expect(tensor.every(Number.isFinite), key).toBe(true);
        expect(
          tensor.every((value) => value === 0),
          key,
        ).toBe(zeroInit && isOutputProjection(key));
      }
    }
  });

  // LESA trains networks for each.
  it.each(id === 'lesa' ? OTHERS.slice(-1) : OTHERS)(
    'makes every tensor of a block of %s, zeroed or not',
    async (architecture, fields) => {
      const { config, checkpoint } = await randomModel(
        { architectures: [architecture], num_hidden_layers: 4, ...fields },
        12,
      );
      const others = new Weights(backend, checkpoint, config);
      for (const zeroInit of [true, false]) {
        const expansion = await expand(backend, others, recipe({ zeroInit }));
        const [block] = expansion.blocks;
        expect([...(block?.tensors.keys() ?? [])]).toEqual([...blockShapes(config).keys()]);
        for (const key of block?.tensors.keys() ?? []) {
          const values = (await block?.read(key)) ?? new Float32Array();
          expect(values.every(Number.isFinite), key).toBe(true);
          expect(values.every((value) => value === 0)).toBe(zeroInit && isOutputProjection(key));
        }
        expansion.free();
      }
      others.free();
    },
  );

  it('makes the same block again, and another one for each setting it reads and no other', async () => {
    const before = await made({ zeroInit: false });
    expect(await made({ zeroInit: false })).toEqual(before);
    for (const [setting, change] of Object.entries(CHANGES) as [Setting, Partial<Recipe>][]) {
      const after = await made({ zeroInit: false, ...change });
      const changed = [...before].some(([key, tensor]) =>
        tensor.some((value, i) => value !== after.get(key)?.[i]),
      );
      expect(changed, setting).toBe(method.reads.includes(setting));
    }
  });
});
