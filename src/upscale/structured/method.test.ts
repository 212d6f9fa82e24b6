import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type HostBlock,
  rotatePairs,
  shuffleGroups,
  shuffleQueryHeads,
  shuffleUnits,
  shuffleValues,
  takeRows,
} from '../../../tests/symmetry';
import { Random } from '../../../tests/random';
import { CpuBackend } from '../../backend/cpu/backend';
import { parseConfig } from '../../llama/config';
import { TINY } from '../../llama/testing';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { normals } from '../../transport/random';
import type { BlockContext } from '../contract/context';
import { PLANNED_TENSORS } from '../block/planned';
import { matchHeads } from './match';
import { STRUCTURED } from '../methods/structured';
import { structuredProblem } from './problem';
import { makeBlock, randomBlock, relativeDistance, uploadBlock } from '../methods/testing';

/** 3 groups of 2 query heads of dimension 8; all biases that the architecture allows. */
const CONFIG = parseConfig({
  ...TINY,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  attention_bias: true,
  mlp_bias: true,
});
const { kvHeads, headDim, intermediateSize } = CONFIG;
const EXACT = { ...DEFAULT_RECIPE.solver, kind: 'exact' } as const;
const ROTATE = { ...DEFAULT_RECIPE.structured, rotate: true };

const groupsOf = <T>(make: (group: number) => T): T[] => Array.from({ length: kvHeads }, (_, g) => make(g));
const random = new Random(5);
const UNITS = random.permutation(intermediateSize);
const GROUPS = [2, 0, 1];
const SLOTS = [
  [1, 0],
  [0, 1],
  [1, 0],
];
const DIMENSIONS = groupsOf(() => random.permutation(headDim));
const ANGLES = groupsOf(() => random.uniforms(headDim / 2, -3, 3));

const SHUFFLES: Readonly<Record<string, (block: HostBlock) => HostBlock>> = {
  'hidden units': (block) => shuffleUnits(block, UNITS),
  'key-value groups': (block) => shuffleGroups(block, CONFIG, GROUPS),
  'query heads in a group': (block) => shuffleQueryHeads(block, CONFIG, SLOTS),
  'value dimensions': (block) => shuffleValues(block, CONFIG, DIMENSIONS),
};
const all = (block: HostBlock): HostBlock =>
  Object.values(SHUFFLES).reduce((x, shuffle) => shuffle(x), block);

const noisy = (block: HostBlock, size: number): HostBlock =>
  new Map(
    [...block].map(([key, { shape, values }], i) => {
      const noise = normals(values.length, 900 + i);
      return [key, { shape, values: values.map((value, k) => value + size * (noise[k] ?? 0)) }];
    }),
  );

const values = (block: HostBlock, key: string): Float32Array => block.get(key)?.values ?? new Float32Array();

describe('structured', () => {
  let backend: CpuBackend;
  beforeEach(() => {
    backend = new CpuBackend();
  });
  afterEach(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  const make = (previous: HostBlock, next: HostBlock, fields: Partial<BlockContext> = {}) =>
    makeBlock(backend, CONFIG, STRUCTURED, { previous, next }, { solver: EXACT, ...fields });

  it.each([...Object.entries(SHUFFLES), ['all of them at once', all] as const])(
    'undoes a shuffle of %s exactly',
    async (_, shuffle) => {
      const block = randomBlock(CONFIG, 1);
      const shuffled = shuffle(block);
      expect(relativeDistance(shuffled, block)).toBeGreaterThan(0.1);
      const { values: fused, block: found } = await make(shuffled, block);
      for (const [key, tensor] of block) expect(fused.get(key), key).toEqual(tensor);
      expect(found.plans.map(({ tensor }) => tensor)).toEqual(PLANNED_TENSORS);
      for (const { tensor, planPerplexity, transportCost } of found.plans) {
        expect(planPerplexity, tensor).toBe(1);
        expect(transportCost, tensor).toBe(0);
      }
    },
  );

  it('undoes them with an entropic plan at small ε, and not at a large one', async () => {
    const block = randomBlock(CONFIG, 1);
    const at = async (epsilon: number): Promise<number> => {
      const solver = { ...DEFAULT_RECIPE.solver, epsilon };
      return relativeDistance((await make(all(block), block, { solver })).values, block);
    };
    expect(await at(0.01)).toBeLessThan(1e-5);
    expect(await at(5)).toBeGreaterThan(0.2);
  });

  it('undoes rotations of rotary pairs where it may rotate, and only there', async () => {
    const block = randomBlock(CONFIG, 1);
    const rotated = rotatePairs(all(block), CONFIG, ANGLES);
    const kept = await make(rotated, block);
    const turned = await make(rotated, block, { structured: ROTATE });
    for (const part of ['self_attn.q_proj', 'self_attn.k_proj']) {
      expect(relativeDistance(kept.values, block, part)).toBeGreaterThan(0.1);
      expect(relativeDistance(turned.values, block, part)).toBeLessThan(1e-6);
    }
    for (const part of ['self_attn.v_proj', 'self_attn.o_proj', 'mlp'])
      expect(relativeDistance(turned.values, block, part)).toBe(0);
  });

  it.each([false, true])('recovers the planted match under noise (rotate: %s)', async (rotate) => {
    const block = randomBlock(CONFIG, 1);
    const shuffled = noisy(shuffleQueryHeads(shuffleGroups(block, CONFIG, GROUPS), CONFIG, SLOTS), 0.5);
    const previous = uploadBlock(backend, rotate ? rotatePairs(shuffled, CONFIG, ANGLES) : shuffled);
    const next = uploadBlock(backend, block);
    const match = await matchHeads(backend, { previous, next }, CONFIG, { rotate });
    // Group g of the shuffled block is group GROUPS[g] of the original, so the match is the inverse permutation.
    expect([...match.groups]).toEqual(groupsOf((group) => GROUPS.indexOf(group)));
    const heads = groupsOf((group) => {
      const from = GROUPS.indexOf(group);
      return [0, 1].map((slot) => 2 * from + (SLOTS[from] ?? []).indexOf(slot));
    });
    expect([...match.heads]).toEqual(heads.flat());
    if (rotate)
      match.angles?.forEach((angles, group) =>
        angles.forEach((angle, pair) => {
          const planted = ANGLES[GROUPS.indexOf(group)]?.[pair] ?? Number.NaN;
          // The fitted angle is the inverse of the planted one, up to noise.
          expect(Math.cos(angle + planted)).toBeGreaterThan(0.9);
        }),
      );
    else expect(match.angles).toBeUndefined();
    backend.free(...previous.values(), ...next.values());
  });

  it('reports as cost of a head match the mean distance that is left between rows', async () => {
    const block = randomBlock(CONFIG, 1);
    const next = noisy(block, 0.3);
    const { block: found } = await make(all(block), next);
    for (const tensor of PLANNED_TENSORS) {
      const { rows, transportCost } = found.plans.find((plan) => plan.tensor === tensor) ?? {};
      if (tensor === 'self_attn.v_proj') expect(rows).toBe(headDim);
      if (!/q_proj|k_proj/.test(tensor)) continue;
      const [x, y] = [values(block, `${tensor}.weight`), values(next, `${tensor}.weight`)];
      const width = CONFIG.hiddenSize;
      expect(rows).toBe(x.length / width);
      const distances = Array.from({ length: x.length / width }, (_, row) =>
        Math.hypot(
          ...x.subarray(row * width, (row + 1) * width).map((value, i) => value - (y[row * width + i] ?? 0)),
        ),
      );
      const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
      expect(transportCost).toBeCloseTo(mean, 4);
    }
  });

  it('takes ε from the cost where the recipe names a target perplexity', async () => {
    const solver = { ...DEFAULT_RECIPE.solver, targetPerplexity: 0.25 };
    const { block } = await make(randomBlock(CONFIG, 1), randomBlock(CONFIG, 2), { solver });
    for (const tensor of ['self_attn.v_proj', 'mlp.gate_proj'] as const) {
      const { rows, planPerplexity } = block.plans.find((plan) => plan.tensor === tensor) ?? {};
      expect((planPerplexity ?? 0) / (rows ?? 0), tensor).toBeCloseTo(0.25, 1);
    }
  });

  it.each(PLANNED_TENSORS)('shows %s with the heads of the previous block in place', async (tensor) => {
    const block = randomBlock(CONFIG, 1);
    const heads = shuffleQueryHeads(shuffleGroups(block, CONFIG, GROUPS), CONFIG, SLOTS);
    const previous = uploadBlock(backend, rotatePairs(shuffleUnits(heads, UNITS), CONFIG, ANGLES));
    const next = uploadBlock(backend, block);
    const { cost } = DEFAULT_RECIPE;
    const context = { backend, config: CONFIG, previous, next, structured: ROTATE, cost, zeroInit: false };
    const problem = await structuredProblem({ ...context, signal: undefined }, tensor);
    expect(problem.planned).toBe(tensor.startsWith('mlp.'));
    const difference = backend.maxAbsDifference(problem.a, problem.b);
    const [largest = Number.NaN] = await backend.read(difference);
    // Hidden units of the MLP are not reordered: the plan matches them.
    if (problem.planned) expect(largest).toBeGreaterThan(0.1);
    else expect(largest).toBeLessThan(1e-6);
    problem.free();
    problem.free();
    backend.free(difference, ...previous.values(), ...next.values());
  });

  it('weighs what was moved by alpha', async () => {
    const block = randomBlock(CONFIG, 1);
    const next = noisy(block, 0.05);
    const moved = await make(all(block), next, { alpha: 1 });
    for (const [key, tensor] of block) {
      // Norms and residual biases are averaged without matching, so at α = 1 they equal the shuffled block's.
      expect(moved.values.get(key), key).toEqual(tensor);
    }
    const kept = await make(all(block), next, { alpha: 0 });
    for (const [key, tensor] of next) expect(kept.values.get(key), key).toEqual(tensor);
    const quarter = await make(all(block), next, { alpha: 0.25 });
    for (const [key, tensor] of next) {
      const expected = tensor.values.map((value, i) => 0.25 * (values(block, key)[i] ?? 0) + 0.75 * value);
      const distance = quarter.values
        .get(key)
        ?.values.map((value, i) => Math.abs(value - (expected[i] ?? 0)));
      expect(Math.max(...(distance ?? [Infinity])), key).toBeLessThan(1e-6);
    }
  });

  it.each([0.5, 0.2])('repairs the norm of every row to its parents’ at alpha %f', async (alpha) => {
    const [previous, next] = [randomBlock(CONFIG, 1), randomBlock(CONFIG, 2)];
    const structured = { ...DEFAULT_RECIPE.structured, repairNorms: true };
    const repaired = await make(previous, next, { structured, alpha });
    const plain = await make(previous, next, { alpha });
    const pure = await make(previous, next, { alpha: 1 });
    const norm = (block: HostBlock, key: string, row: number): number => {
      const width = block.get(key)?.shape[1] ?? 1;
      return Math.hypot(...values(block, key).subarray(row * width, (row + 1) * width));
    };
    for (const tensor of PLANNED_TENSORS) {
      const key = `${tensor}.weight`;
      for (let row = 0; row < (next.get(key)?.shape[0] ?? 0); row++) {
        const expected = alpha * norm(pure.values, key, row) + (1 - alpha) * norm(next, key, row);
        const got = norm(repaired.values, key, row);
        expect(Math.abs(got / expected - 1), `${key} ${row}`).toBeLessThan(1e-5);
        // Repair keeps the direction of the fused row and scales its bias too.
        const factor = got / norm(plain.values, key, row);
        const width = next.get(key)?.shape[1] ?? 1;
        const first = values(plain.values, key)[row * width] ?? 0;
        expect(values(repaired.values, key)[row * width]).toBeCloseTo(first * factor, 4);
        const bias = values(plain.values, `${tensor}.bias`)[row] ?? 0;
        if (next.has(`${tensor}.bias`))
          expect(values(repaired.values, `${tensor}.bias`)[row]).toBeCloseTo(bias * factor, 4);
      }
    }
  });

  it('norm repair by a soft plan aims at the norms of the rows that were mixed, not of the mixture', async () => {
    const [previous, next] = [randomBlock(CONFIG, 1), randomBlock(CONFIG, 2)];
    // At this ε the plan is uniform: every moved gate row is nearly the mean row, which has a much smaller norm.
    const solver = { ...DEFAULT_RECIPE.solver, epsilon: 1e3 };
    const structured = { ...DEFAULT_RECIPE.structured, repairNorms: true };
    const { values: fused } = await make(previous, next, { solver, structured, alpha: 1 });
    for (const key of ['mlp.gate_proj.weight', 'mlp.up_proj.weight']) {
      const width = CONFIG.hiddenSize;
      const norms = (block: HostBlock): number[] =>
        Array.from({ length: intermediateSize }, (_, row) =>
          Math.hypot(...values(block, key).subarray(row * width, (row + 1) * width)),
        );
      const mean = norms(previous).reduce((sum, norm) => sum + norm, 0) / intermediateSize;
      for (const norm of norms(fused)) expect(norm / mean).toBeCloseTo(1, 2);
    }
  });

  it.each([
    ['kept', { zeroInit: false, structured: DEFAULT_RECIPE.structured }, 0.5],
    ['asked for', { zeroInit: true, structured: { ...DEFAULT_RECIPE.structured, down: true } }, 0.5],
    ['neither', { zeroInit: true, structured: DEFAULT_RECIPE.structured }, 0],
  ] as const)('compares what reads a unit where it is kept or asked for: %s', async (_, fields, expected) => {
    const block = randomBlock(CONFIG, 1);
    // Rows of gate and up differ little, in a misleading way; columns of down distinguish the units.
    const previous = new Map(block);
    const next = new Map(block);
    for (const name of ['gate_proj', 'up_proj']) {
      const key = `mlp.${name}.weight`;
      const { shape, values: own } = block.get(key) ?? { shape: [], values: new Float32Array() };
      previous.set(key, { shape, values: own.map((value) => 1 + 0.01 * value) });
      next.set(key, takeRows(previous.get(key) ?? { shape, values: own }, UNITS));
    }
    const { values: fused } = await make(previous, next, fields);
    // Matched by columns of down, the units keep their index and half of the difference remains.
    const key = 'mlp.gate_proj.weight';
    const left = relativeDistance(fused, next, key) / relativeDistance(previous, next, key);
    expect(left).toBeCloseTo(expected, 5);
  });

  it('zeroes what writes to the residual stream and reports no plan for it, unless all plans are asked for', async () => {
    const parents = [randomBlock(CONFIG, 1), randomBlock(CONFIG, 2)] as const;
    const { block, values: fused } = await make(...parents, { zeroInit: true });
    const zeroed = [...fused].filter(([, tensor]) => tensor.values.every((value) => value === 0));
    expect(zeroed.map(([key]) => key)).toEqual(
      [...fused.keys()].filter((key) => /o_proj|down_proj/.test(key)),
    );
    expect(zeroed).toHaveLength(4);
    expect(block.tensors.get('mlp.down_proj.weight')?.origin).toBe('zero');
    const solved = PLANNED_TENSORS.filter((tensor) => !/o_proj|down_proj/.test(tensor));
    expect(block.plans.map(({ tensor }) => tensor)).toEqual(solved);
    const { block: whole } = await make(...parents, { zeroInit: true, allPlans: true });
    expect(whole.plans.map(({ tensor }) => tensor)).toEqual(PLANNED_TENSORS);
  });

  it('names the part that broke down, stops when asked to, and frees what it had made', async () => {
    const broken = new Map(randomBlock(CONFIG, 1));
    const key = 'self_attn.k_proj.weight';
    broken.set(key, {
      shape: broken.get(key)?.shape ?? [],
      values: values(broken, key).map(() => Number.NaN),
    });
    await expect(make(broken, randomBlock(CONFIG, 2))).rejects.toThrow(
      /^opt-deus:structured, gap 4\|5, self_attn: .*finite/,
    );
    for (const at of ['self_attn', 'self_attn.v_proj', 'mlp.gate_proj']) {
      const controller = new AbortController();
      const stopped = make(randomBlock(CONFIG, 1), randomBlock(CONFIG, 2), {
        signal: controller.signal,
        onTensor: (label) => (label === at ? controller.abort() : undefined),
      });
      await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    }
  });
});
