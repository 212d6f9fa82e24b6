import { residentBlock } from '../../llama/block-handle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { type HostBlock, takeRows } from '../../../tests/symmetry';
import { SYMMETRIES, symmetryTable } from '../../../tests/symmetry-table';
import type { Backend } from '../../backend/operations';
import { evaluate } from '../../llama/evaluate';
import type { Layer } from '../../llama/layer';
import { LlamaModel } from '../../llama/model';
import type { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { planMeasures } from '../../transport/plan';
import { solve } from '../../transport/solve';
import { alignmentProblem } from '../expanding/alignment';
import { expand } from '../expanding/expand';
import { oracles, shippedModel } from '../testing';
import { STRUCTURED } from '../methods/structured';
import { makeBlock, readBlock, relativeDistance, uploadBlock } from '../methods/testing';

const EXACT = { ...DEFAULT_RECIPE.solver, kind: 'exact' } as const;
const IDS = Uint32Array.from(oracles.forward.ids);
const BLOCK = 4;

describe.each(await openBackends())('symmetries of the shipped model on $name', ({ name, open }) => {
  let backend: Backend;
  let weights: Weights;
  let block: HostBlock;
  beforeAll(async () => {
    backend = await open();
    ({ weights } = await shippedModel(backend));
    block = await readBlock(backend, await weights.block(BLOCK));
    weights.release(BLOCK);
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  /** Loss of every token with block 4 replaced. */
  async function losses(replacement: HostBlock): Promise<Float32Array> {
    const uploaded = uploadBlock(backend, replacement);
    const base = LlamaModel.base(backend, weights.config, weights);
    const layers = base.layers.map((layer, index): Layer =>
      index === BLOCK ? { kind: 'new', like: index, block: residentBlock(uploaded) } : layer,
    );
    const { nll } = await evaluate(new LlamaModel(backend, weights.config, weights, layers), [IDS]);
    backend.free(...uploaded.values());
    return nll;
  }

  const worst = (x: Float32Array, y: Float32Array): number =>
    x.reduce((most, value, i) => Math.max(most, Math.abs(value - (y[i] ?? Number.NaN))), 0);

  const allAtOnce = (): HostBlock =>
    Object.values(SYMMETRIES).reduce((x, shuffle) => shuffle(x, weights.config, new Random(3)), block);

  it('each leaves the loss of every token as it was, to rounding', async () => {
    const original = await losses(block);
    expect(worst(await losses(allAtOnce()), original)).toBeLessThan(name === 'cpu' ? 2e-5 : 2e-4);
    // Software adapters are slow, so they test only all symmetries together.
    if (name !== 'cpu') return;
    for (const [symmetry, shuffle] of Object.entries(SYMMETRIES)) {
      const shuffled = shuffle(block, weights.config, new Random(3));
      expect(relativeDistance(shuffled, block), symmetry).toBeGreaterThan(0.1);
      expect(worst(await losses(shuffled), original), symmetry).toBeLessThan(2e-5);
    }
  });

  if (name === 'cpu')
    it('rows of q and k cannot change places within a head, not even in both alike', async () => {
      const original = await losses(block);
      const { headDim } = weights.config;
      const order = new Random(3).permutation(headDim);
      const pairs = new Random(3).permutation(headDim / 2);
      const wholePairs = Uint32Array.from({ length: headDim }, (_, j) =>
        j < headDim / 2 ? (pairs[j] ?? 0) : (pairs[j - headDim / 2] ?? 0) + headDim / 2,
      );
      for (const within of [order, wholePairs]) {
        const permuted = new Map(block);
        for (const key of ['self_attn.q_proj.weight', 'self_attn.k_proj.weight']) {
          const tensor = block.get(key);
          if (!tensor) throw new Error(`no ${key}`);
          const rows = Uint32Array.from({ length: tensor.shape[0] ?? 0 }, (_, row) => {
            const j = row % headDim;
            return row - j + (within[j] ?? 0);
          });
          permuted.set(key, takeRows(tensor, rows));
        }
        expect(worst(await losses(permuted), original)).toBeGreaterThan(0.1);
      }
    });

  it('structured undoes all of them at once', async () => {
    const fields = { solver: EXACT, structured: { ...DEFAULT_RECIPE.structured, rotate: true } };
    const parents = { previous: allAtOnce(), next: block };
    const { values } = await makeBlock(backend, weights.config, STRUCTURED, parents, fields);
    expect(relativeDistance(values, block)).toBeLessThan(1e-6);
    // Permuted tensors are restored bit for bit.
    for (const part of ['mlp', 'self_attn.v_proj', 'self_attn.o_proj'])
      expect(relativeDistance(values, block, part)).toBe(0);
  });

  if (name === 'cpu')
    it('structured undoes each of them, and the plain variants do not', async () => {
      const methods = ['opt-deus:literal', 'opt-deus:paper', 'opt-deus:hard', 'opt-deus:structured'] as const;
      const cells = await symmetryTable(backend, weights, BLOCK, methods);
      expect(cells).toHaveLength(5 * 5);
      for (const { symmetry, method, rotate, distance } of cells) {
        const what = `${method}${rotate ? ' with rotations' : ''}, ${symmetry}: ${distance}`;
        if (method !== 'opt-deus:structured') expect(distance, what).toBeGreaterThan(0.1);
        else if (symmetry !== 'rotations of rotary pairs') expect(distance, what).toBe(0);
        else if (rotate) expect(distance, what).toBeLessThan(1e-6);
        else expect(distance, what).toBeGreaterThan(0.1);
        // The unscaled plan leaves almost nothing of the previous block.
        if (method === 'opt-deus:literal') expect(distance, what).toBeCloseTo(0.476, 2);
      }
    });

  if (name === 'cpu')
    it('the problem shown for gate is the one solved for it', async () => {
      const gap = BLOCK - 1;
      const recipe = { ...DEFAULT_RECIPE, method: 'opt-deus:structured', gaps: [gap] } as const;
      for (const zeroInit of [true, false]) {
        const expansion = await expand(backend, weights, { ...recipe, gaps: [gap], zeroInit });
        const summary = expansion.plans.find(({ tensor }) => tensor === 'mlp.gate_proj');
        expansion.free();
        const request = { ...recipe, zeroInit, gap, tensor: 'mlp.gate_proj' } as const;
        const problem = await alignmentProblem(backend, weights, request);
        if (!problem.solver) throw new Error('expected a plan');
        const solved = await solve(backend, problem.a, problem.b, problem.solver, { cost: problem.cost });
        const measures = await planMeasures(backend, solved.plan);
        expect(measures.planPerplexity).toBe(summary?.planPerplexity);
        expect(measures.transportCost).toBe(summary?.transportCost);
        expect(problem.a.shape[1]).toBe(weights.config.hiddenSize * (zeroInit ? 2 : 3));
        solved.free();
        problem.free();
        problem.free();
      }
    });
});
