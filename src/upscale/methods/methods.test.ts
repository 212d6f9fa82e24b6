import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../backend/cpu/backend';
import { parseConfig } from '../../llama/config';
import { TINY } from '../../llama/testing';
import { DEFAULT_RECIPE, type MethodId } from '../../recipe/schema';
import { normals } from '../../transport/random';
import { UpscaleError } from '../block/errors';
import { expand } from '../expanding/expand';
import { methodOf } from '.';
import type { BlockContext } from '../contract/context';
import { isLayout } from '../contract/method';
import type { NewBlock } from '../block/new-block';
import { makeBlock } from './testing';
import { shippedModel } from '../testing';

/** Any config will do: these methods read only the tensors. */
const CONFIG = parseConfig(TINY);

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

  /** Makes and reads one block. Frees all tensors. */
  async function make(
    id: MethodId,
    previous: Values,
    next: Values,
    fields: Partial<BlockContext> = {},
  ): Promise<{ values: Map<string, Float32Array>; block: NewBlock }> {
    const method = methodOf(id);
    if (isLayout(method)) throw new Error(`${id} makes no blocks`);
    const { values, block } = await makeBlock(backend, CONFIG, method, { previous, next }, fields);
    return { values: new Map([...values].map(([key, tensor]) => [key, tensor.values])), block };
  }

  it('hard recovers planted permutations of every tensor, and small ε agrees', async () => {
    const previous = randomBlock(1);
    // The flow applies o's permutation to the inputs of gate, up and the second norm.
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
    // Every plan multiplies a constant by its column sums.
    const key = 'self_attn.q_proj.bias';
    previous.set(key, { shape: [D], values: new Float32Array(D).fill(3) });
    const { values } = await make(method, previous, next, {
      solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.5 },
    });
    const expected = next.get(key)?.values.map((value) => (3 * columnSum + value) / 2);
    expect(largest(values.get(key) ?? new Float32Array(), expected ?? new Float32Array())).toBeLessThan(1e-4);
  });

  it('solves the plan of a zeroed down_proj only when all plans are asked for', async () => {
    for (const allPlans of [false, true]) {
      const fields = { zeroInit: true, allPlans };
      const { block } = await make('opt-deus:hard', randomBlock(1), randomBlock(50), fields);
      expect(block.plans.some(({ tensor }) => tensor === 'mlp.down_proj')).toBe(allPlans);
    }
  });

  it.each([
    ['llama-pro', 'previous', 4],
    ['copy-previous', 'previous', 4],
    ['copy-next', 'next', 5],
  ] as const)('%s copies the %s block value for value', async (method, parent, index) => {
    const parents = { previous: randomBlock(1), next: randomBlock(50) };
    const { values, block } = await make(method, parents.previous, parents.next);
    for (const [key, tensor] of parents[parent]) {
      expect(values.get(key)).toEqual(tensor.values);
      expect(block.tensors.get(key)).toMatchObject({ origin: 'copy', of: index });
    }
  });

  it.each([
    ['opt-deus:paper', 0],
    ['opt-deus:tf', 0],
    ['half-next', 0],
    ['average', 0],
    ['average', 1],
  ] as const)('%s at alpha %i is one of its parents', async (method, alpha) => {
    const parents = [randomBlock(50), randomBlock(1)] as const;
    const { values } = await make(method, parents[1], parents[0], { alpha });
    for (const [key, tensor] of parents[alpha])
      expect(largest(values.get(key) ?? new Float32Array(), tensor.values), key).toBe(0);
  });

  it('at alpha 1 hard plans give the previous block’s own rows, in another order', async () => {
    const previous = randomBlock(1);
    const { values } = await make('opt-deus:hard', previous, randomBlock(50), { alpha: 1 });
    // Not gate and up: o_proj's plan moves their columns, too.
    for (const key of ['self_attn.q_proj.weight', 'self_attn.v_proj.weight', 'self_attn.o_proj.weight']) {
      const rows = (x: Float32Array): string[] =>
        Array.from({ length: x.length / D }, (_, r) => x.subarray(r * D, (r + 1) * D).join());
      const given = previous.get(key)?.values ?? new Float32Array();
      const moved = values.get(key) ?? new Float32Array();
      expect(rows(moved)).not.toEqual(rows(given));
      expect(rows(moved).toSorted()).toEqual(rows(given).toSorted());
    }
  });

  it('weights parents by alpha in between', async () => {
    const [previous, next] = [randomBlock(1), randomBlock(50)];
    const { values } = await make('average', previous, next, { alpha: 0.25 });
    for (const [key, tensor] of previous) {
      const expected = tensor.values.map((x, i) => 0.25 * x + 0.75 * (next.get(key)?.values[i] ?? 0));
      expect(largest(values.get(key) ?? new Float32Array(), expected), key).toBeLessThan(1e-6);
    }
  });

  it('half-next is half of the next block, with the norms of method.md 4', async () => {
    const [previous, next] = [randomBlock(1), randomBlock(50)];
    const { values } = await make('half-next', previous, next);
    const [g1, g2] = ['input_layernorm.weight', 'post_attention_layernorm.weight'];
    for (const [key, tensor] of next) {
      const share = key === g1 ? 1 / 2 : key === g2 ? 1 / 4 : 0;
      const expected = tensor.values.map((x, i) => x / 2 + share * (previous.get(key)?.values[i] ?? 0));
      expect(largest(values.get(key) ?? new Float32Array(), expected), key).toBeLessThan(1e-6);
    }
  });

  it('random rows depend on seed and gap alone, and have the mean norm of the parents’ rows', async () => {
    const [previous, next] = [randomBlock(1), randomBlock(50)];
    const first = await make('random', previous, next, { seed: 3 });
    const again = await make('random', previous, next, { seed: 3 });
    const others = [
      await make('random', previous, next, { seed: 4 }),
      await make('random', previous, next, { seed: 3, gap: 5 }),
    ];
    expect(again.values).toEqual(first.values);
    const norms = (x: Float32Array, rows: number): number[] =>
      Array.from({ length: rows }, (_, r) => {
        const row = x.subarray((r * x.length) / rows, ((r + 1) * x.length) / rows);
        return Math.sqrt(square(row));
      });
    for (const [key, { shape, values }] of previous) {
      const made = first.values.get(key) ?? new Float32Array();
      const other = next.get(key)?.values ?? new Float32Array();
      if (key.includes('layernorm')) {
        expect(
          largest(
            made,
            values.map((x, i) => (x + (other[i] ?? 0)) / 2),
          ),
        ).toBeLessThan(1e-6);
        continue;
      }
      for (const { values: drawn } of others) expect(drawn.get(key)).not.toEqual(made);
      const rows = shape.length === 1 ? 1 : (shape[0] ?? 1);
      const upper = norms(other, rows);
      for (const [row, norm] of norms(values, rows).entries())
        expect(norms(made, rows)[row]).toBeCloseTo((norm + (upper[row] ?? 0)) / 2, 5);
    }
    // Rows of a normal distribution have no common direction.
    const q = first.values.get('mlp.gate_proj.weight') ?? new Float32Array();
    expect(Math.abs(q.reduce((sum, value) => sum + value, 0)) / Math.sqrt(q.length * square(q))).toBeLessThan(
      0.1,
    );
  });

  it('average:norms is the mean in every direction, with the mean norm of the parents’ rows', async () => {
    const [previous, next] = [randomBlock(1), randomBlock(50)];
    const { values } = await make('average:norms', previous, next);
    const mean = await make('average', previous, next);
    const rowsOf = (x: Float32Array, count: number): Float32Array[] =>
      Array.from({ length: count }, (_, r) =>
        x.subarray((r * x.length) / count, ((r + 1) * x.length) / count),
      );
    for (const [key, { shape, values: lower }] of previous) {
      if (!key.endsWith('proj.weight')) continue;
      const count = shape[0] ?? 1;
      const upper = rowsOf(next.get(key)?.values ?? new Float32Array(), count);
      const plain = rowsOf(mean.values.get(key) ?? new Float32Array(), count);
      const kept = rowsOf(values.get(key) ?? new Float32Array(), count);
      for (const [row, x] of rowsOf(lower, count).entries()) {
        const [a, b] = [kept[row] ?? new Float32Array(), plain[row] ?? new Float32Array()];
        const wanted = (Math.sqrt(square(x)) + Math.sqrt(square(upper[row] ?? new Float32Array()))) / 2;
        expect(Math.sqrt(square(a)), key).toBeCloseTo(wanted, 4);
        const factor = wanted / Math.sqrt(square(b));
        expect(
          largest(
            a,
            b.map((value) => value * factor),
          ),
          key,
        ).toBeLessThan(1e-5);
      }
    }
    expect(values.get('input_layernorm.weight')).toEqual(mean.values.get('input_layernorm.weight'));
  });

  it('takes recipes at their word: another cost, another solver', async () => {
    const [previous, next] = [randomBlock(1), randomBlock(50)];
    const { solver, cost } = DEFAULT_RECIPE;
    const exact = await make('opt-deus:paper', previous, next, { solver: { ...solver, kind: 'exact' } });
    const hard = await make('opt-deus:hard', previous, next);
    expect(exact.values).toEqual(hard.values);
    const unit = { ...cost, rows: 'unit', scale: 'max' } as const;
    const scaled = await make('opt-deus:paper', previous, next, { cost: unit });
    const tf = await make('opt-deus:tf', previous, next);
    // The methods differ in the MLP's input map; attention is the same problem.
    expect(scaled.values.get('self_attn.q_proj.weight')).toEqual(tf.values.get('self_attn.q_proj.weight'));
    expect(scaled.values.get('mlp.gate_proj.weight')).not.toEqual(tf.values.get('mlp.gate_proj.weight'));
    const iterated = { ...solver, epsilon: 0.3 };
    for (const kind of ['unbalanced', 'progot'] as const) {
      const made = await make('opt-deus:paper', previous, next, { solver: { ...iterated, kind } });
      const balanced = await make('opt-deus:paper', previous, next, { solver: iterated });
      expect(made.values.get('self_attn.q_proj.weight')).not.toEqual(
        balanced.values.get('self_attn.q_proj.weight'),
      );
    }
  });

  it('relative: ε is a share of the spread of each cost, or what gives the perplexity asked for', async () => {
    const [previous, next] = [randomBlock(1), randomBlock(50)];
    const { solver } = DEFAULT_RECIPE;
    const { block } = await make('opt-deus:relative', previous, next, { solver: { ...solver, spread: 0.2 } });
    const q = previous.get('self_attn.q_proj.weight')?.values ?? new Float32Array();
    const other = next.get('self_attn.q_proj.weight')?.values ?? new Float32Array();
    const distances = Array.from({ length: D * D }, (_, k) => {
      const [i, j] = [Math.floor(k / D), k % D];
      return Math.sqrt(square(q.subarray(i * D, (i + 1) * D).map((x, d) => x - (other[j * D + d] ?? 0))));
    });
    const mean = distances.reduce((sum, x) => sum + x, 0) / distances.length;
    const spread = Math.sqrt(distances.reduce((sum, x) => sum + (x - mean) ** 2, 0) / distances.length);
    const epsilon = block.plans.find(({ tensor }) => tensor === 'self_attn.q_proj')?.epsilon;
    expect((epsilon ?? 0) / (0.2 * spread)).toBeCloseTo(1, 5);
    const target = { ...solver, targetPerplexity: 0.5 };
    const bisected = await make('opt-deus:relative', previous, next, { solver: target });
    for (const { planPerplexity, rows } of bisected.block.plans)
      expect(planPerplexity / rows).toBeCloseTo(0.5, 1);
  });

  it.each(['opt-deus:literal', 'average'] as const)(
    '%s names method, gap and tensor when values break down',
    async (method) => {
      const previous = randomBlock(1);
      const key = 'self_attn.k_proj.weight';
      previous.set(key, { shape: [D / 2, D], values: new Float32Array((D / 2) * D).fill(Number.NaN) });
      const failing = make(method, previous, randomBlock(50));
      await expect(failing).rejects.toThrow(UpscaleError);
      await expect(failing).rejects.toThrow(new RegExp(`^${method}, gap 4\\|5, self_attn.k_proj`));
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
      const [made, parent] = [expansion.blocks[0], next.get(key)];
      if (!made || !parent) throw new Error(`no ${key}`);
      const [w, b] = [await made.read(key), await backend.read(parent)];
      return Math.sqrt(
        square(w.map((value, i) => value - (b[i] ?? 0) / 2)) / square(b.map((value) => value / 2)),
      );
    };
    expect(await distance('self_attn.q_proj.weight')).toBeLessThan(1e-2);
    for (const key of ['mlp.gate_proj.weight', 'mlp.up_proj.weight']) {
      expect(await distance(key)).toBeLessThan(1e-6);
      expect(await distance(key)).toBeGreaterThan(0);
    }
    const control = await expand(backend, weights, { ...DEFAULT_RECIPE, method: 'half-next', gaps: [3] });
    const tolerances = { q: 1e-2, k: 1e-2, v: 1e-2, gate: 1e-6, up: 1e-6 };
    const norms = { input_layernorm: 1e-6, post_attention_layernorm: 1e-2 };
    for (const [name, tolerance] of Object.entries({ ...tolerances, ...norms })) {
      const key =
        [...next.keys()].find((candidate) => candidate.includes(name.length > 4 ? name : `.${name}_`)) ?? '';
      const [literal, half] = [expansion, control].map(({ blocks }) => blocks[0]);
      if (!literal || !half) throw new Error(`no ${name}`);
      const [a, b] = [await literal.read(key), await half.read(key)];
      const difference = Math.sqrt(square(a.map((value, i) => value - (b[i] ?? 0))) / square(b));
      expect(difference, key).toBeLessThan(tolerance);
    }
    control.free();
    weights.release(4);
    expansion.free();
    expansion.free();
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });
});
