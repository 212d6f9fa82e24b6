import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import type { Tensor } from '../backend/operations';
import type { Block } from '../llama/block';
import { DEFAULT_RECIPE, type MethodId } from '../recipe/schema';
import { normals } from '../transport/random';
import { UpscaleError } from './errors';
import { expand } from './expand';
import { METHODS } from './methods';
import type { MakeContext } from './methods/method';
import { type NewBlock, ownTensors } from './new-block';
import { shippedModel } from './testing';

type Values = Map<string, { shape: number[]; values: Float32Array }>;

const D = 12;
const M = 20;
const SHAPES: Readonly<Record<string, number[]>> = {
  'input_layernorm.weight': [D],
  'self_attn.q_proj.weight': [D, D],
  'self_attn.q_proj.bias': [D],
  'self_attn.k_proj.weight': [D / 2, D],
  'self_attn.k_proj.bias': [D / 2],
  'self_attn.v_proj.weight': [D / 2, D],
  'self_attn.o_proj.weight': [D, D],
  'self_attn.o_proj.bias': [D],
  'post_attention_layernorm.weight': [D],
  'mlp.gate_proj.weight': [M, D],
  'mlp.up_proj.weight': [M, D],
  'mlp.down_proj.weight': [D, M],
};

const randomBlock = (seed: number): Values =>
  new Map(
    Object.entries(SHAPES).map(([key, shape], i) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [key, { shape, values: normals(count, seed + i) }];
    }),
  );

/** A permutation of n, coprime to 7: row j of the result is row p[j]. */
const shuffle = (n: number): number[] => Array.from({ length: n }, (_, j) => (7 * j + 3) % n);

/** Rows (or, of a vector, elements) j ← p[j]. */
function permuteRows({ shape, values }: { shape: number[]; values: Float32Array }, p: number[]) {
  const width = values.length / p.length;
  return {
    shape,
    values: Float32Array.from(
      values,
      (_, k) => values[(p[Math.floor(k / width)] ?? 0) * width + (k % width)] ?? 0,
    ),
  };
}

function permuteColumns({ shape, values }: { shape: number[]; values: Float32Array }, p: number[]) {
  return {
    shape,
    values: Float32Array.from(values, (_, k) => values[k - (k % p.length) + (p[k % p.length] ?? 0)] ?? 0),
  };
}

const largest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);

describe('methods on made-up blocks', () => {
  let backend: CpuBackend;
  beforeEach(() => {
    backend = new CpuBackend();
  });
  afterEach(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  const upload = (values: Values): Block =>
    new Map([...values].map(([key, { shape, values }]) => [key, backend.upload(values, shape, 'f32', key)]));

  /** Makes one block and reads it; everything is freed again. */
  async function make(
    method: MethodId,
    previous: Values,
    next: Values,
    fields: Partial<MakeContext> = {},
  ): Promise<{ values: Map<string, Float32Array>; block: NewBlock }> {
    const blocks = { previous: upload(previous), next: upload(next) };
    const zeros: Tensor[] = [];
    const context: MakeContext = {
      ...blocks,
      backend,
      gap: 4,
      solver: DEFAULT_RECIPE.solver,
      seed: 0,
      zeroInit: false,
      allPlans: false,
      zeros: (shape) => {
        const tensor = backend.zeros(shape, 'zeros');
        zeros.push(tensor);
        return tensor;
      },
      ...fields,
    };
    try {
      const block = await METHODS[method].make(context);
      const values = new Map<string, Float32Array>();
      for (const [key, { tensor }] of block.tensors) values.set(key, await backend.read(tensor));
      backend.free(...ownTensors(block.tensors.values()));
      return { values, block };
    } finally {
      backend.free(...zeros, ...blocks.previous.values(), ...blocks.next.values());
    }
  }

  it('hard recovers planted permutations of every tensor, and small ε agrees', async () => {
    const previous = randomBlock(1);
    // In the flow of the method o's permutation reaches gate, up and the second norm as a permutation of their inputs.
    const next: Values = new Map();
    const rows = { 'self_attn.k': D / 2, 'self_attn.v': D / 2, 'mlp.gate': M, 'mlp.up': M };
    for (const [key, tensor] of previous) {
      const n = Object.entries(rows).find(([start]) => key.startsWith(start))?.[1] ?? D;
      const inputs = /gate|up_proj/.test(key) ? permuteColumns(tensor, shuffle(D)) : tensor;
      const moved = key === 'input_layernorm.weight' ? tensor : permuteRows(inputs, shuffle(n));
      const noise = normals(moved.values.length, 99);
      next.set(key, {
        shape: moved.shape,
        values: moved.values.map((value, i) => value + 1e-3 * (noise[i] ?? 0)),
      });
    }
    const sharp = { ...DEFAULT_RECIPE.solver, epsilon: 0.02 };
    const hard = await make('opt-deus:hard', previous, next);
    const soft = await make('opt-deus:paper', previous, next, { solver: sharp });
    for (const [key, { values }] of next) {
      if (key === 'post_attention_layernorm.weight') continue;
      expect(largest(hard.values.get(key) ?? new Float32Array(), values), key).toBeLessThan(4e-3);
      expect(largest(soft.values.get(key) ?? new Float32Array(), values), `soft ${key}`).toBeLessThan(4e-3);
    }
    // ½·(g⁽¹⁾(½T + ½I) + g⁽²⁾), where g⁽¹⁾T is g⁽²⁾ here.
    const gain = 'post_attention_layernorm.weight';
    const [g1, g2] = [previous.get(gain)?.values, next.get(gain)?.values];
    const expected = g2?.map((value, i) => 0.75 * value + 0.25 * (g1?.[i] ?? 0));
    expect(largest(hard.values.get(gain) ?? new Float32Array(), expected ?? new Float32Array())).toBeLessThan(
      4e-3,
    );
    expect(hard.block.plans.map(({ planPerplexity }) => planPerplexity)).toEqual(Array(7).fill(1));
  });

  it('identical blocks: hard returns the block itself, soft plans do at small ε', async () => {
    const block = randomBlock(7);
    const hard = await make('opt-deus:hard', block, block);
    const soft = await make('opt-deus:paper', block, block, {
      solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.02 },
    });
    const blurred = await make('opt-deus:paper', block, block, {
      solver: { ...DEFAULT_RECIPE.solver, epsilon: 5 },
    });
    for (const [key, { values }] of block) {
      expect(hard.values.get(key), key).toEqual(values);
      expect(largest(soft.values.get(key) ?? new Float32Array(), values), key).toBeLessThan(1e-5);
    }
    const key = 'self_attn.q_proj.weight';
    expect(
      largest(blurred.values.get(key) ?? new Float32Array(), block.get(key)?.values ?? new Float32Array()),
    ).toBeGreaterThan(0.1);
    expect(hard.block.plans.every(({ transportCost }) => transportCost === 0)).toBe(true);
  });

  it.each([
    ['opt-deus:paper', 1],
    ['opt-deus:literal', 1 / D],
    ['average', 1],
  ] as const)('%s moves biases by the plan of their weight', async (method, columnSum) => {
    const previous = randomBlock(1);
    const next = randomBlock(50);
    // What a plan does to a constant is to multiply it by its column sums, whatever the plan.
    const key = 'self_attn.q_proj.bias';
    previous.set(key, { shape: [D], values: new Float32Array(D).fill(3) });
    const { values } = await make(method, previous, next, {
      solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.5 },
    });
    const expected = next.get(key)?.values.map((value) => (3 * columnSum + value) / 2);
    expect(largest(values.get(key) ?? new Float32Array(), expected ?? new Float32Array())).toBeLessThan(1e-4);
  });

  it.each(['opt-deus:paper', 'average:zero', 'llama-pro'] as const)(
    '%s zeroes output weights and biases, and nothing else',
    async (method) => {
      const { values, block } = await make(method, randomBlock(1), randomBlock(50), { zeroInit: true });
      const zeroed = [...values]
        .filter(([, tensor]) => tensor.every((value) => value === 0))
        .map(([key]) => key);
      expect(zeroed).toEqual(['self_attn.o_proj.weight', 'self_attn.o_proj.bias', 'mlp.down_proj.weight']);
      expect([...block.tensors].filter(([, { origin }]) => origin === 'zero').map(([key]) => key)).toEqual(
        zeroed,
      );
    },
  );

  it('solves the plan of a zeroed down_proj only when all plans are asked for', async () => {
    for (const allPlans of [false, true]) {
      const fields = { zeroInit: true, allPlans };
      const { block } = await make('opt-deus:hard', randomBlock(1), randomBlock(50), fields);
      expect(block.plans.some(({ tensor }) => tensor === 'mlp.down_proj')).toBe(allPlans);
    }
  });

  it('copies the previous block value for value', async () => {
    const previous = randomBlock(1);
    const { values, block } = await make('llama-pro', previous, randomBlock(50));
    for (const [key, tensor] of previous) {
      expect(values.get(key)).toEqual(tensor.values);
      expect(block.tensors.get(key)).toMatchObject({ origin: 'copy', of: 4 });
    }
  });

  it.each(['opt-deus:literal', 'average'] as const)(
    '%s names method, gap and tensor when values break down',
    async (method) => {
      const previous = randomBlock(1);
      const key = 'self_attn.k_proj.weight';
      previous.set(key, { shape: [D / 2, D], values: new Float32Array((D / 2) * D).fill(Number.NaN) });
      const failing = make(method, previous, randomBlock(50));
      await expect(failing).rejects.toThrow(UpscaleError);
      await expect(failing).rejects.toThrow(new RegExp(`^${method}, gap 4, self_attn.k_proj`));
    },
  );

  it('stops when asked to, and frees what it had made', async () => {
    const controller = new AbortController();
    const failing = make('opt-deus:paper', randomBlock(1), randomBlock(50), {
      signal: controller.signal,
      onTensor: (key) => (key === 'mlp.gate_proj' ? controller.abort() : undefined),
    });
    await expect(failing).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const square = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);

describe('the released scale', () => {
  it('leaves next to nothing of the previous block: `literal` is the next block at half scale', async () => {
    const backend = new CpuBackend();
    const { weights } = await shippedModel(backend);
    const expansion = await expand(backend, weights, {
      ...DEFAULT_RECIPE,
      method: 'opt-deus:literal',
      gaps: [3],
    });
    const next = await weights.block(4);
    // ‖W − W⁽²⁾/2‖ / ‖W⁽²⁾/2‖
    const distance = async (key: string): Promise<number> => {
      const [made, parent] = [expansion.blocks[0]?.tensors.get(key)?.tensor, next.get(key)];
      if (!made || !parent) throw new Error(`no ${key}`);
      const [w, b] = [await backend.read(made), await backend.read(parent)];
      return Math.sqrt(
        square(w.map((value, i) => value - (b[i] ?? 0) / 2)) / square(b.map((value) => value / 2)),
      );
    };
    expect(await distance('self_attn.q_proj.weight')).toBeLessThan(1e-2);
    for (const key of ['mlp.gate_proj.weight', 'mlp.up_proj.weight']) {
      expect(await distance(key)).toBeLessThan(1e-6);
      expect(await distance(key)).toBeGreaterThan(0);
    }
    weights.release(4);
    expansion.free();
    expansion.free();
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });
});
