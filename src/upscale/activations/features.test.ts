import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import {
  type HostBlock,
  shuffleGroups,
  shuffleQueryHeads,
  shuffleUnits,
  shuffleValues,
} from '../../../tests/symmetry';
import type { Backend } from '../../backend/operations';
import { blockShapes } from '../../llama/block';
import { type LlamaConfig, parseConfig } from '../../llama/config';
import { naiveLogits, type NaiveTrace } from '../../llama/naive';
import { randomTensors, TINY, tinyCheckpoint, type TinyTensor } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { randomSource } from '../../random';
import { DEFAULT_RECIPE, type MethodId, type Recipe } from '../../recipe/schema';
import { CostMatrix } from '../../transport/cost';
import { entry, inner, perplexity, scalingPlan, table } from '../../transport/oracle';
import { alignmentProblem } from '../expanding/alignment';
import { expand } from '../expanding/expand';
import type { PlannedTensor } from '../block/planned';
import { readBlock, relativeDistance } from '../methods/testing';
import { ActivationFeatures } from './features';

const RAW = { ...TINY, num_hidden_layers: 2, attention_bias: true, mlp_bias: true };
const CONFIG = parseConfig(RAW);
const random = randomSource(8);
/** Four windows of token ids, as cut from a text. */
const WINDOWS = Array.from({ length: 4 }, () =>
  Uint32Array.from({ length: CONFIG.context }, () => Math.floor(random() * CONFIG.vocabSize)),
);
const angle = (position: number, pair: number): number => position / 500 ** (pair / 4);

const recipe = (method: MethodId, fields: Partial<Recipe> = {}): Recipe & { gaps: number[] } => ({
  ...DEFAULT_RECIPE,
  method,
  cost: { ...DEFAULT_RECIPE.cost, features: 'activations' },
  ...fields,
  gaps: [0],
});

const blockOf = (tensors: ReadonlyMap<string, TinyTensor>, layer: number): HostBlock =>
  new Map(
    [...blockShapes(CONFIG).keys()].map((key) => {
      const tensor = tensors.get(`model.layers.${layer}.${key}`);
      if (!tensor) throw new Error(`no ${key}`);
      return [key, tensor];
    }),
  );

/** The model's tensors with other blocks. */
function withBlocks(tensors: ReadonlyMap<string, TinyTensor>, blocks: readonly HostBlock[]) {
  const changed = new Map(tensors);
  for (const [layer, block] of blocks.entries())
    for (const [key, { shape, values }] of block)
      changed.set(`model.layers.${layer}.${key}`, { dtype: 'F32', shape, values });
  return changed;
}

/** Makes the block's output tiny, so that the next block has nearly the same input. */
const faint = (block: HostBlock): HostBlock =>
  new Map(
    [...block].map(([key, { shape, values }]) => [
      key,
      { shape, values: /o_proj|down_proj/.test(key) ? values.map((value) => 1e-5 * value) : values },
    ]),
  );

function correlationCosts(a: readonly number[][], b: readonly number[][]): number[][] {
  const column = (rows: readonly number[][], i: number): number[] => rows.map((row) => row[i] ?? Number.NaN);
  const centred = (values: readonly number[]): number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const rowsOf = (rows: readonly number[][]): number[][] =>
    (rows[0] ?? []).map((_, i) => centred(column(rows, i)));
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, t) => sum + value * (y[t] ?? Number.NaN), 0);
  const [x, y] = [rowsOf(a), rowsOf(b)];
  return x.map((u) => y.map((v) => 1 - dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v))));
}

describe.each(await openBackends())('activations as features on $name', ({ name, slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  async function opened<T>(
    tensors: ReadonlyMap<string, TinyTensor>,
    use: (weights: Weights, features: ActivationFeatures) => Promise<T>,
    config: LlamaConfig = CONFIG,
  ): Promise<T> {
    const weights = new Weights(backend, await tinyCheckpoint(RAW, tensors), config);
    const features = await ActivationFeatures.of(backend, weights, WINDOWS);
    try {
      return await use(weights, features);
    } finally {
      features.free();
      weights.free();
    }
  }

  /** Activations of both blocks by name, token by token, in float64. */
  function naive(tensors: ReadonlyMap<string, TinyTensor>, activation: string): [number[][], number[][]] {
    const traces = WINDOWS.map((ids) => {
      const trace = { streams: [], attention: [], activations: [] } satisfies NaiveTrace;
      naiveLogits(CONFIG, tensors, [...ids], angle, trace);
      return trace as NaiveTrace;
    });
    const of = (layer: number): number[][] =>
      traces.flatMap(({ activations }) => activations?.[layer]?.get(activation) ?? []);
    return [of(0), of(1)];
  }

  const HEAD_ROWS: Readonly<Record<string, number>> = {
    'self_attn.q_proj': CONFIG.heads,
    'self_attn.k_proj': CONFIG.kvHeads,
    'self_attn.v_proj': CONFIG.kvHeads,
  };

  it.each<[PlannedTensor, string]>([
    ['self_attn.q_proj', 'self_attn.q_proj'],
    ['self_attn.k_proj', 'self_attn.k_proj'],
    ['self_attn.v_proj', 'self_attn.v_proj'],
    ['self_attn.o_proj', 'self_attn.o_proj'],
    ['mlp.gate_proj', 'mlp.units'],
    ['mlp.up_proj', 'mlp.units'],
    ['mlp.down_proj', 'mlp.down_proj'],
  ])('the cost of %s is 1 − correlation of %s, in float64', async (tensor, activation) => {
    const tensors = randomTensors(CONFIG, 3);
    const expected = correlationCosts(...naive(tensors, activation));
    await opened(tensors, async (weights, features) => {
      const problem = await alignmentProblem(
        backend,
        weights,
        { ...recipe('opt-deus:paper'), gap: 0, tensor },
        { features },
      );
      const cost = await CostMatrix.build(backend, problem.a, problem.b, { cost: problem.cost });
      const got = await cost.readAll();
      const n = expected.length;
      // Heads of the previous block may be in another order, but whole, and each is used once.
      const heads = HEAD_ROWS[tensor];
      const size = n / (heads ?? 1);
      const sources = Array.from({ length: heads ?? 1 }, (_, head) =>
        Array.from({ length: heads ?? 1 }, (__, source) => source).find((source) =>
          Array.from({ length: size * n }, (__, k) => k).every((k) => {
            const [row, column] = [Math.floor(k / n), k % n];
            const value = entry(expected, source * size + row, column);
            return Math.abs((got[(head * size + row) * n + column] ?? Number.NaN) - value) < 2e-5;
          }),
        ),
      );
      expect(sources.toSorted()).toEqual(Array.from({ length: heads ?? 1 }, (_, i) => i));
      expect(problem.solver === undefined).toBe(heads !== undefined);
      cost.free();
      problem.free();
    });
  });

  const plans = async (): Promise<void> => {
    const tensors = randomTensors(CONFIG, 3);
    const cost = correlationCosts(...naive(tensors, 'mlp.units'));
    const epsilon = 0.2;
    const plan = scalingPlan(cost, epsilon);
    const solver = { ...DEFAULT_RECIPE.solver, epsilon };
    await opened(tensors, async (weights, features) => {
      const made = await expand(backend, weights, recipe('opt-deus:paper', { solver }), { features });
      for (const tensor of ['mlp.gate_proj', 'mlp.up_proj']) {
        const summary = made.plans.find((found) => found.tensor === tensor);
        expect(summary?.transportCost).toBeCloseTo(inner(plan, cost), 4);
        expect(summary?.planPerplexity).toBeCloseTo(perplexity(plan), 2);
      }
      made.free();
    });
  };
  // Plans of any cost are compared on slow backends in sinkhorn.test.ts.
  if (!slow) it('the plan of gate and up is the one of an independent solve in float64', plans);

  it('a plan of a head is that of its rows alone, and its part shows it', async () => {
    const tensors = randomTensors(CONFIG, 3);
    const cost = correlationCosts(...naive(tensors, 'self_attn.v_proj'));
    const solver = { ...DEFAULT_RECIPE.solver, kind: 'exact' } as const;
    const h = CONFIG.headDim;
    await opened(tensors, async (weights, features) => {
      const request = {
        ...recipe('opt-deus:paper', { solver }),
        gap: 0,
        tensor: 'self_attn.v_proj',
      } as const;
      const made = await expand(backend, weights, request, { features });
      const summary = made.plans.find(({ tensor }) => tensor === 'self_attn.v_proj');
      expect(summary?.rows).toBe(h);
      // With two heads all assignments of heads and rows can be tried.
      const best = (from: number, to: number): number => {
        const part = table(h, h, (i, j) => entry(cost, from * h + i, to * h + j));
        return leastAssignment(part) / h;
      };
      const kept = best(0, 0) + best(1, 1);
      const swapped = best(0, 1) + best(1, 0);
      expect(summary?.transportCost).toBeCloseTo(Math.min(kept, swapped) / 2, 5);
      for (const part of [0, 1]) {
        const problem = await alignmentProblem(backend, weights, { ...request, part }, { features });
        expect(problem.a.shape).toEqual([h, 64]);
        expect(problem.solver).toEqual({ kind: 'exact' });
        problem.free();
      }
      await expect(alignmentProblem(backend, weights, { ...request, part: 2 }, { features })).rejects.toThrow(
        /head from 0 to 1, got 2/,
      );
      await expect(
        alignmentProblem(backend, weights, { ...request, tensor: 'self_attn.o_proj', part: 0 }, { features }),
      ).rejects.toThrow(/expected no part/);
      made.free();
    });
  });

  it.each(['opt-deus:hard', 'opt-deus:structured'] as const)(
    '%s undoes what was done to a shuffled copy',
    async (method) => {
      const tensors = randomTensors(CONFIG, 3);
      const original = faint(blockOf(tensors, 0));
      const values = [
        [3, 1, 0, 2, 7, 6, 5, 4],
        [1, 0, 2, 4, 3, 5, 7, 6],
      ];
      const units = Array.from({ length: CONFIG.intermediateSize }, (_, i) => (i * 5 + 3) % 28);
      const shuffled = shuffleValues(
        shuffleQueryHeads(shuffleGroups(shuffleUnits(original, units), CONFIG, [1, 0]), CONFIG, [
          [1, 0],
          [0, 1],
        ]),
        CONFIG,
        values,
      );
      await opened(withBlocks(tensors, [original, shuffled]), async (weights, features) => {
        const solver = { ...DEFAULT_RECIPE.solver, kind: 'exact' } as const;
        const kept = { solver, zeroInit: method !== 'opt-deus:structured' };
        const made = await expand(backend, weights, recipe(method, kept), { features });
        const layer = made.layers[1];
        if (layer?.kind !== 'new') throw new Error('expected a new block');
        const got = await readBlock(backend, await layer.block.acquire());
        // `hard` zeroes o and down here, because it would not permute their columns like the rows.
        const keys = [...shuffled.keys()].filter(
          (key) => method === 'opt-deus:structured' || !/o_proj|down_proj/.test(key),
        );
        for (const key of keys)
          expect(relativeDistance(got, shuffled, key), key).toBeLessThan(name === 'cpu' ? 1e-6 : 1e-5);
        expect(relativeDistance(original, shuffled, 'mlp.gate')).toBeGreaterThan(0.5);
        made.free();
      });
    },
  );

  it('says what is missing rather than compare nothing', async () => {
    const tensors = randomTensors(CONFIG, 3);
    await opened(tensors, async (weights, features) => {
      await expect(expand(backend, weights, recipe('opt-deus:paper'))).rejects.toThrow(
        /got no text to run it on/,
      );
      const rotate = { ...DEFAULT_RECIPE.structured, rotate: true };
      await expect(
        expand(backend, weights, recipe('opt-deus:structured', { structured: rotate }), { features }),
      ).rejects.toThrow(/rotations/);
      await expect(ActivationFeatures.of(backend, weights, [Uint32Array.from([1])])).rejects.toThrow(
        /at least 2 tokens.*got 1/,
      );
      // A method without plans needs no features.
      (await expand(backend, weights, recipe('average'))).free();
    });
    const broken = new Map(tensors);
    const gain = tensors.get('model.layers.1.input_layernorm.weight');
    if (gain)
      broken.set('model.layers.1.input_layernorm.weight', { ...gain, values: gain.values.map(() => 3e38) });
    await opened(broken, async (weights, features) => {
      await expect(expand(backend, weights, recipe('opt-deus:paper'), { features })).rejects.toThrow(
        /block 1: expected finite values/,
      );
    });
  });
});

/** Cost of the best assignment, by dynamic programming over subsets. */
function leastAssignment(cost: readonly (readonly number[])[]): number {
  const n = cost.length;
  const least = new Float64Array(2 ** n).fill(Infinity);
  least[0] = 0;
  for (let used = 0; used < 2 ** n; used++) {
    const row = used.toString(2).replaceAll('0', '').length;
    for (let column = 0; column < n; column++) {
      if (used & (1 << column)) continue;
      const next = used | (1 << column);
      least[next] = Math.min(
        least[next] ?? Infinity,
        (least[used] ?? Infinity) + (cost[row]?.[column] ?? Infinity),
      );
    }
  }
  return least[2 ** n - 1] ?? Number.NaN;
}
