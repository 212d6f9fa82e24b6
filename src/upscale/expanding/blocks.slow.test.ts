import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import type { Backend } from '../../backend/operations';
import { evaluate } from '../../llama/evaluate';
import { LlamaModel } from '../../llama/model';
import type { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type MethodId } from '../../recipe/schema';
import { planMeasures } from '../../transport/plan';
import { solve } from '../../transport/solve';
import { wholePlan } from '../../transport/testing';
import { alignmentProblem } from './alignment';
import { expand } from './expand';
import type { Expansion } from './expansion';
import { PLANNED_TENSORS } from '../block/planned';
import { blockOracle, digestProblems, oracles, rms, shippedModel } from '../testing';

const GAPS = Object.keys(oracles.blocks).map(Number);
const VARIANTS: Readonly<Record<string, MethodId>> = {
  literal: 'opt-deus:literal',
  paper: 'opt-deus:paper',
  tf: 'opt-deus:tf',
  relative: 'opt-deus:relative',
  hard: 'opt-deus:hard',
  average: 'average',
};
const IDS = Uint32Array.from(oracles.forward.ids);

describe.each(await openBackends())('new blocks of the shipped model on $name', ({ name, slow, open }) => {
  let backend: Backend;
  let weights: Weights;
  beforeAll(async () => {
    backend = await open();
    ({ weights } = await shippedModel(backend));
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  async function loss(expansion: Expansion): Promise<number> {
    return (await evaluate(new LlamaModel(backend, weights.config, weights, expansion.layers), [IDS])).loss;
  }

  // The small ε of `relative` takes thousands of iterations, so only the fastest backend makes its whole block.
  // src/transport/demo.test.ts compares its plans with the reference on every backend.
  // Software adapters are slow, so they make two, in one gap each; the others are made of the same kernels.
  const variants = Object.entries(VARIANTS).filter(([variant]) =>
    slow ? /^(paper|hard)$/.test(variant) : name === 'wasm' || variant !== 'relative',
  );
  describe.each(variants)('%s', (variant, method) => {
    it('is the reference block in every tensor, its plans and its loss when inserted', async () => {
      for (const gap of slow ? GAPS.slice(0, 1) : GAPS) {
        const oracle = blockOracle(gap, variant);
        // One gap at a time, because the reference loss is of one inserted block.
        const expansion = await expand(backend, weights, {
          ...DEFAULT_RECIPE,
          method,
          gaps: [gap],
          zeroInit: false,
          solver: { ...DEFAULT_RECIPE.solver, maxIterations: 5000 },
        });
        try {
          const block = await expansion.blocks[0]?.acquire();
          expect([...(block?.keys() ?? [])].toSorted()).toEqual(
            Object.keys(oracle.tensors)
              .map((name) => `${name}.weight`)
              .toSorted(),
          );
          for (const [name, digest] of Object.entries(oracle.tensors)) {
            const made = block?.get(`${name}.weight`);
            if (!made) throw new Error(`no ${name}`);
            expect(made.shape).toEqual(digest.shape);
            expect(digestProblems(await backend.read(made), digest, 1e-3 * rms(digest))).toEqual([]);
          }
          expect(expansion.plans.map(({ tensor }) => tensor)).toEqual(oracle.plans ? PLANNED_TENSORS : []);
          for (const plan of expansion.plans) {
            const expected = oracle.plans?.[plan.tensor];
            expect(plan.converged).toBe(true);
            expect(Math.abs(plan.planPerplexity / (expected?.perplexity ?? 0) - 1)).toBeLessThan(1e-3);
            expect(Math.abs(plan.transportCost / (expected?.transport_cost ?? 0) - 1)).toBeLessThan(1e-3);
          }
          expect(Math.abs((await loss(expansion)) - oracle.insert_loss)).toBeLessThan(5e-4);
        } finally {
          expansion.free();
        }
      }
    }, 180_000);
  });

  it.each([
    ['literal', 'mlp.up_proj', 3],
    ['paper', 'self_attn.k_proj', 6],
    ['paper', 'mlp.gate_proj', 6],
    ['hard', 'self_attn.o_proj', 3],
    ['hard', 'mlp.gate_proj', 3],
  ] as const)(
    '%s: the problem of %s in gap %i, taken alone, has the reference plan',
    async (variant, tensor, gap) => {
      const oracle = blockOracle(gap, variant).plans?.[tensor];
      const method = VARIANTS[variant];
      if (!oracle || !method) throw new Error('no reference');
      const problem = await alignmentProblem(backend, weights, { ...DEFAULT_RECIPE, method, gap, tensor });
      if (!problem.solver) throw new Error('expected a method with plans');
      const { a, b, solver, cost } = problem;
      const solved = await solve(backend, a, b, solver, { cost });
      const rows = problem.a.shape[0] ?? 0;
      expect(digestProblems(await wholePlan(backend, solved.plan, rows), oracle.sample, 1e-3 / rows)).toEqual(
        [],
      );
      if (oracle.assignment)
        expect([...(await planMeasures(backend, solved.plan)).argmax]).toEqual(oracle.assignment);
      solved.free();
      problem.free();
      problem.free();
    },
  );

  it('computes exactly what its base computes with a block of every method that zeroes its output', async () => {
    // One block of each method in one model: the logits would differ if one were not the identity. Zeroed tensors are made by the
    // same code for all methods, so slow adapters make two of them.
    const gapOf = {
      'half-next': 0,
      'opt-deus:literal': 1,
      'opt-deus:tf': 2,
      'opt-deus:paper': 3,
      'opt-deus:hard': 4,
      random: 5,
      'average:zero': 6,
      'llama-pro': 7,
    };
    // A loose tolerance is enough: zeroed tensors do not depend on the plan.
    const solver = { ...DEFAULT_RECIPE.solver, tolerance: 1e-2 };
    const expansions: Expansion[] = [];
    const chosen = Object.entries(gapOf).filter(([method]) => !slow || /paper|random/.test(method));
    for (const [method, gap] of chosen as [MethodId, number][]) {
      expansions.push(await expand(backend, weights, { ...DEFAULT_RECIPE, method, gaps: [gap], solver }));
    }
    const made = expansions.flatMap(({ layers }) => layers.filter(({ kind }) => kind === 'new'));
    const base = LlamaModel.base(backend, weights.config, weights);
    const layers = base.layers.flatMap((layer, index) => [
      layer,
      ...made.filter((other) => other.kind === 'new' && other.like === index),
    ]);
    expect(made).toHaveLength(chosen.length);
    expect(layers).toHaveLength(weights.config.layers + made.length);
    const deeper = new LlamaModel(backend, weights.config, weights, layers);
    const { maxLogitDifference, loss } = await evaluate(deeper, [IDS], { base });
    expect(maxLogitDifference).toBe(0);
    expect(Math.abs(loss - oracles.arms.base)).toBeLessThan(1e-3);
    for (const expansion of expansions) {
      // down_proj's plan is skipped, because nothing reads it.
      expect(expansion.plans.some(({ tensor }) => tensor === 'mlp.down_proj')).toBe(false);
      expansion.free();
    }
  });

  // These are made of blocks as they are, and of sums.
  if (slow) return;

  it('SOLAR is the order of blocks and has the loss of the reference, and is the base when its copies are zeroed', async () => {
    const solar = await expand(backend, weights, { ...DEFAULT_RECIPE, method: 'solar' });
    expect(solar.layers.map((layer) => (layer.kind === 'base' ? layer.index : Number.NaN))).toEqual(
      oracles.arms.solar_order,
    );
    expect([...solar.duplicates]).toEqual([2, 3, 4, 5].map((index, i) => [6 + i, index]));
    expect(solar.newLayers).toEqual([6, 7, 8, 9]);
    expect(solar.preserving).toBe(false);
    expect(Math.abs((await loss(solar)) - oracles.arms.solar)).toBeLessThan(1e-4);
    solar.free();
    const zeroed = await expand(backend, weights, { ...DEFAULT_RECIPE, method: 'solar', zeroInit: true });
    expect(zeroed.newLayers).toEqual([6, 7, 8, 9]);
    expect(zeroed.preserving).toBe(true);
    const base = LlamaModel.base(backend, weights.config, weights);
    const deeper = new LlamaModel(backend, weights.config, weights, zeroed.layers);
    expect((await evaluate(deeper, [IDS], { base })).maxLogitDifference).toBe(0);
    zeroed.free();
  });

  it('changes what the model computes when averaged without zeroing', async () => {
    const expansion = await expand(backend, weights, { ...DEFAULT_RECIPE, method: 'average' });
    expect(expansion.zeroInit).toBe(false);
    expect(Math.abs((await loss(expansion)) - oracles.arms.average_top)).toBeLessThan(5e-4);
    expect(Math.abs(oracles.arms.average_top - oracles.arms.base)).toBeGreaterThan(0.01);
    expansion.free();
  });
});
