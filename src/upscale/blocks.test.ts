import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend } from '../backend/operations';
import { evaluate } from '../llama/evaluate';
import { LlamaModel } from '../llama/model';
import type { Weights } from '../llama/weights';
import { DEFAULT_RECIPE, type MethodId } from '../recipe/schema';
import { planMeasures } from '../transport/plan';
import { solve } from '../transport/solve';
import { wholePlan } from '../transport/testing';
import { alignmentProblem } from './alignment';
import { expand, type Expansion } from './expand';
import { PLANNED_TENSORS } from './planned';
import { blockOracle, digestProblems, oracles, rms, shippedModel } from './testing';

const GAPS = Object.keys(oracles.blocks).map(Number);
const VARIANTS: Readonly<Record<string, MethodId>> = {
  literal: 'opt-deus:literal',
  paper: 'opt-deus:paper',
  hard: 'opt-deus:hard',
  average: 'average',
};
const IDS = Uint32Array.from(oracles.forward.ids);

describe.each(await openBackends())('new blocks of the shipped model on $name', ({ name, open }) => {
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

  describe.each(Object.entries(VARIANTS))('%s', (variant, method) => {
    it('is the reference block in every tensor, its plans and its loss when inserted', async () => {
      // Software adapters are slow: there the second gap is done for one variant only.
      for (const gap of name === 'cpu' || variant === 'paper' ? GAPS : GAPS.slice(0, 1)) {
        const oracle = blockOracle(gap, variant);
        // One gap each, so that the reference's loss, of one block inserted alone, applies.
        const expansion = await expand(backend, weights, {
          ...DEFAULT_RECIPE,
          method,
          gaps: [gap],
          zeroInit: false,
        });
        try {
          const tensors = expansion.blocks[0]?.tensors;
          expect([...(tensors?.keys() ?? [])].toSorted()).toEqual(
            Object.keys(oracle.tensors)
              .map((name) => `${name}.weight`)
              .toSorted(),
          );
          for (const [name, digest] of Object.entries(oracle.tensors)) {
            const made = tensors?.get(`${name}.weight`);
            if (!made) throw new Error(`no ${name}`);
            expect(made.tensor.shape).toEqual(digest.shape);
            expect(digestProblems(await backend.read(made.tensor), digest, 1e-3 * rms(digest))).toEqual([]);
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
    });
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
      const { solver, seed } = DEFAULT_RECIPE;
      const problem = await alignmentProblem(backend, weights, { method, gap, tensor, solver, seed });
      if (!problem.solver) throw new Error('expected a method with plans');
      const solved = await solve(backend, problem.a, problem.b, problem.solver);
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
    // One block of each in one model: were any of them not the identity, the logits would differ.
    const gapOf = {
      'opt-deus:literal': 1,
      'opt-deus:paper': 3,
      'opt-deus:hard': 4,
      'average:zero': 6,
      'llama-pro': 7,
    };
    // A loose solve will do: what is zeroed does not depend on it.
    const solver = { ...DEFAULT_RECIPE.solver, tolerance: 1e-2 };
    const expansions: Expansion[] = [];
    for (const [method, gap] of Object.entries(gapOf) as [MethodId, number][]) {
      expansions.push(await expand(backend, weights, { ...DEFAULT_RECIPE, method, gaps: [gap], solver }));
    }
    const made = expansions.flatMap(({ layers }) => layers.filter(({ kind }) => kind === 'new'));
    const base = LlamaModel.base(backend, weights.config, weights);
    const layers = base.layers.flatMap((layer, index) => [
      layer,
      ...made.filter((other) => other.kind === 'new' && other.gap === index),
    ]);
    expect(layers).toHaveLength(weights.config.layers + 5);
    const deeper = new LlamaModel(backend, weights.config, weights, layers);
    const { maxLogitDifference, loss } = await evaluate(deeper, [IDS], { base });
    expect(maxLogitDifference).toBe(0);
    expect(Math.abs(loss - oracles.arms.base)).toBeLessThan(1e-3);
    for (const expansion of expansions) {
      // down_proj's plan is skipped where nothing reads it.
      expect(expansion.plans.some(({ tensor }) => tensor === 'mlp.down_proj')).toBe(false);
      expansion.free();
    }
  });

  it('changes what the model computes when averaged without zeroing', async () => {
    const expansion = await expand(backend, weights, { ...DEFAULT_RECIPE, method: 'average' });
    expect(expansion.zeroInit).toBe(false);
    expect(Math.abs((await loss(expansion)) - oracles.arms.average_top)).toBeLessThan(5e-4);
    expect(Math.abs(oracles.arms.average_top - oracles.arms.base)).toBeGreaterThan(0.01);
    expansion.free();
  });
});
