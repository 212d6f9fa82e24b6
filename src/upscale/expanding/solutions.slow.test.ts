import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WasmBackend } from '../../backend/wasm/backend';
import { randomModel } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { SolutionCache } from '../../transport/solution-cache';
import { expand } from './expand';

/** At this ε no plan is uniform: neurons of the tiny model are several units apart. */
const SOLVER = { ...DEFAULT_RECIPE.solver, epsilon: 0.2, maxIterations: 300 };
const recipe = (change: Partial<Recipe>): Recipe => ({
  ...DEFAULT_RECIPE,
  gaps: [0, 1],
  solver: SOLVER,
  ...change,
});

describe('solutions that recipes share', () => {
  let backend: WasmBackend;
  let weights: Weights;
  beforeEach(async () => {
    backend = await WasmBackend.open();
    const { config, checkpoint } = await randomModel({ num_hidden_layers: 4 }, 3);
    weights = new Weights(backend, checkpoint, config);
  });
  afterEach(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  async function blocksOf(of: Recipe, solutions?: SolutionCache) {
    const expansion = await expand(backend, weights, of, { solutions });
    const tensors: [string, Float32Array][] = [];
    for (const block of expansion.blocks)
      for (const key of block.tensors.keys()) tensors.push([`${block.gap} ${key}`, await block.read(key)]);
    const { plans } = expansion;
    expansion.free();
    return { tensors, plans };
  }

  const solver = (change: Partial<Recipe['solver']>): Partial<Recipe> => ({
    solver: { ...SOLVER, ...change },
  });
  const cost = (change: Partial<Recipe['cost']>): Partial<Recipe> => ({
    cost: { ...DEFAULT_RECIPE.cost, ...change },
  });
  const structured = (change: Partial<Recipe['structured']>): Partial<Recipe> => ({
    method: 'opt-deus:structured',
    zeroInit: false,
    structured: { ...DEFAULT_RECIPE.structured, ...change },
  });

  const changes: readonly Partial<Recipe>[] = [
    {},
    ...(['literal', 'tf', 'relative', 'hard'] as const).map((name) => ({
      method: `opt-deus:${name}` as const,
    })),
    solver({ epsilon: 0.3 }),
    solver({ tolerance: 1e-2 }),
    solver({ maxIterations: 3 }),
    ...(['exact', 'unbalanced', 'progot'] as const).map((kind) => solver({ kind })),
    solver({ kind: 'unbalanced', rho: 2 }),
    solver({ kind: 'progot', steps: 2 }),
    solver({ kind: 'progot', schedule: 'accelerating' }),
    { ...solver({ spread: 0.2 }), method: 'opt-deus:relative' },
    { ...solver({ targetPerplexity: 0.4 }), method: 'opt-deus:relative' },
    cost({ metric: 'squared' }),
    cost({ metric: 'cosine' }),
    cost({ rows: 'unit' }),
    cost({ scale: 'mean' }),
    { seed: 11, ...solver({ maxIterations: 3 }) },
    { alpha: 0.25 },
    { parents: { 0: [2, 3] } },
    { parents: { 0: [1, 0] } },
    structured({}),
    structured({ rotate: true }),
    structured({ repairNorms: true }),
    { ...structured({}), zeroInit: true },
    { ...structured({ down: true }), zeroInit: true },
  ];

  it('give every recipe the numbers it has alone, whichever field of it is another', async () => {
    const solutions = new SolutionCache(backend);
    const recipes = changes.flatMap((change) =>
      change.zeroInit === undefined
        ? [recipe({ ...change, zeroInit: true }), recipe({ ...change, zeroInit: false })]
        : [recipe(change)],
    );
    for (const each of recipes) expect(await blocksOf(each, solutions)).toEqual(await blocksOf(each));
    for (const each of recipes.toReversed())
      expect(await blocksOf(each, solutions)).toEqual(await blocksOf(each));
    solutions.free();
  });

  it('leave a kept block only the plan of down_proj to solve where the zeroed one was made before', async () => {
    const solutions = new SolutionCache(backend);
    await blocksOf(recipe({ zeroInit: true }), solutions);
    const iterate = vi.spyOn(backend, 'sinkhorn');
    await blocksOf(recipe({ zeroInit: true, alpha: 0.75 }), solutions);
    expect(iterate).not.toHaveBeenCalled();
    await blocksOf(recipe({ zeroInit: false }), solutions);
    const rows = new Set(iterate.mock.calls.map(([band]) => band.rows));
    expect([...rows]).toEqual([weights.config.hiddenSize]);
    iterate.mockClear();
    // The unscaled plan changes only the comparison of gate and up.
    await blocksOf(recipe({ method: 'opt-deus:literal', zeroInit: false }), solutions);
    expect(new Set(iterate.mock.calls.map(([band]) => band.rows))).toEqual(
      new Set([weights.config.intermediateSize]),
    );
    iterate.mockRestore();
    solutions.free();
  });
});
