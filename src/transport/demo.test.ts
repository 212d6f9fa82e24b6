import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend, DType, Tensor } from '../backend/operations';
import { Checkpoint } from '../checkpoint/checkpoint';
import { shippedFiles } from '../llama/testing';
import { blockOracle, digestProblems } from '../upscale/testing';
import { type CostSettings, RAW_EUCLIDEAN } from './cost-settings';
import { planMeasures } from './plan';
import { type Solver, solve } from './solve';
import { wholePlan } from './testing';

const GAP = 3;
const KEY = 'self_attn.q_proj';
const OPTIONS = { epsilon: 0.06, tolerance: 1e-5, maxIterations: 4000 };
const VARIANTS: Readonly<Record<string, { solver: Solver; cost: CostSettings }>> = {
  tf: {
    solver: { kind: 'entropic', ...OPTIONS },
    cost: { metric: 'euclidean', rows: 'unit', scale: 'max' },
  },
  relative: {
    solver: { kind: 'entropic', ...OPTIONS, epsilonRule: { kind: 'spread', factor: 0.05 } },
    cost: RAW_EUCLIDEAN,
  },
};

describe.each(await openBackends())('plans of the shipped model on $name', ({ open }) => {
  let backend: Backend;
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    backend = await open();
    checkpoint = await Checkpoint.open(await shippedFiles());
  });
  afterAll(() => backend.dispose());

  async function weight(block: number): Promise<Tensor> {
    const name = `model.layers.${block}.${KEY}.weight`;
    const info = checkpoint.tensors.get(name);
    if (!info) throw new Error(`no ${name}`);
    return backend.upload(await checkpoint.read(name), info.shape, info.dtype.toLowerCase() as DType, name);
  }

  it.each(Object.entries(VARIANTS))('%s is the reference plan', async (variant, { solver, cost }) => {
    const oracle = blockOracle(GAP, variant).plans?.[KEY];
    if (!oracle) throw new Error('no reference');
    const [a, b] = [await weight(GAP), await weight(GAP + 1)];
    const solved = await solve(backend, a, b, solver, { cost });
    expect(solved.converged).toBe(true);
    const { planPerplexity, transportCost } = await planMeasures(backend, solved.plan);
    expect(Math.abs(planPerplexity / oracle.perplexity - 1)).toBeLessThan(1e-3);
    expect(Math.abs(transportCost / oracle.transport_cost - 1)).toBeLessThan(1e-3);
    const rows = a.shape[0] ?? 0;
    const plan = await wholePlan(backend, solved.plan, rows);
    expect(digestProblems(plan, oracle.sample, 1e-3 / rows)).toEqual([]);
    solved.free();
    backend.free(a, b);
  });
});
