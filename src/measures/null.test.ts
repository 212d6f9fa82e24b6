import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import { Random } from '../../tests/random';
import type { Backend, Tensor } from '../backend/operations';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { RAW_EUCLIDEAN } from '../transport/cost-settings';
import { distances, entry, scalingPlan, table } from '../transport/oracle';
import type { Solver } from '../transport/solve';
import type { PlannedTensor } from '../upscale/block/planned';
import { alignmentProblem } from '../upscale/expanding/alignment';
import { shippedModel } from '../upscale/testing';
import { EXACT_ROWS, type MatchingProblem } from './matching';
import type { AgainstNull } from './measurement';
import { measureNull } from './null';

type Numbers = Readonly<Record<'mass' | 'cost' | 'transport', number>>;

/** Made by tests/fixtures/null.py with NumPy and SciPy in float64. */
const reference = JSON.parse(
  readFileSync(new URL('../../tests/fixtures/null.json', import.meta.url), 'utf8'),
) as {
  readonly gap: number;
  readonly epsilon: number;
  readonly seed: number;
  readonly tensors: Readonly<
    Record<PlannedTensor, { readonly real: Numbers; readonly drawn: Numbers[]; readonly numpy_mean: Numbers }>
  >;
};
const TENSORS = Object.keys(reference.tensors) as PlannedTensor[];

const entropic = (epsilon: number): Solver => ({
  kind: 'entropic',
  epsilon,
  tolerance: 1e-5,
  maxIterations: 2000,
});

describe.each(await openBackends())('nulls on $name', ({ slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  /** Uploads rows of independent normal numbers. */
  const upload = (values: Float64Array, rows: number): Tensor =>
    backend.upload(Float32Array.from(values), [rows, values.length / rows], 'f32', 'rows');

  it('gap 6|7 of the shipped model is what NumPy and SciPy find', { timeout: 60_000 }, async () => {
    const { gap, epsilon, seed } = reference;
    const { weights } = await shippedModel(backend);
    const recipe = { ...DEFAULT_RECIPE, seed, solver: { ...DEFAULT_RECIPE.solver, epsilon } };
    for (const tensor of slow ? TENSORS.slice(0, 2) : TENSORS) {
      const problem = await alignmentProblem(backend, weights, { ...recipe, gap, tensor, stored: true });
      const { real, drawn, numpy_mean: mean } = reference.tensors[tensor];
      const found = await measureNull(backend, problem, { seed, draws: slow ? 2 : 5 });
      problem.free();
      expect(found.matching).toBe('one-to-one');
      const numbers = { mass: found.matchedMass, cost: found.exactCost, transport: found.transportCost };
      for (const key of ['mass', 'cost', 'transport'] as const) {
        const got = numbers[key];
        expect(Math.abs((got?.real ?? Number.NaN) - real[key]), `${tensor} ${key}`).toBeLessThan(1e-4);
        for (const [draw, one] of drawn.entries())
          expect(
            Math.abs((got?.draws[draw] ?? Number.NaN) - one[key]),
            `${tensor} ${key} ${draw}`,
          ).toBeLessThan(1e-4);
        // Other random numbers, the same distribution.
        if (!slow)
          expect(Math.abs((got?.mean ?? Number.NaN) - mean[key]), `${tensor} ${key}`).toBeLessThan(0.01);
      }
    }
    weights.free();
  });

  it('rows of random numbers have no more than their null', async () => {
    const random = new Random(4);
    const [a, b] = [upload(random.normals(48 * 32, 0.1), 48), upload(random.normals(48 * 32, 0.1), 48)];
    const draws = slow ? 4 : 20;
    const found = await measureNull(
      backend,
      { a, b, solver: entropic(0.06), cost: RAW_EUCLIDEAN },
      { seed: 1, draws },
    );
    for (const got of [found.matchedMass, found.transportCost, found.exactCost]) {
      if (!got) throw new Error('expected a number of every kind');
      expect(got.draws).toHaveLength(draws);
      expect(got.deviation).toBeGreaterThan(0);
      expect(Math.abs(got.real - got.mean)).toBeLessThan(3 * got.deviation * Math.sqrt(1 + 1 / draws));
    }
    expect(Math.abs(found.exactCost?.excess ?? Number.NaN)).toBeLessThan(0.01);
    backend.free(a, b);
  });

  it('rows in another order match wholly at a small ε, and the null does not', async () => {
    const random = new Random(5);
    const values = random.normals(40 * 24);
    const order = random.permutation(40);
    const a = upload(values, 40);
    const b = upload(
      Float64Array.from(values, (_, k) => values[(order[Math.floor(k / 24)] ?? 0) * 24 + (k % 24)] ?? 0),
      40,
    );
    const found = await measureNull(
      backend,
      { a, b, solver: entropic(0.3), cost: RAW_EUCLIDEAN },
      { seed: 1, draws: 3 },
    );
    expect(found.matchedMass?.real).toBeGreaterThan(0.9999);
    expect(found.matchedMass?.excess).toBeGreaterThan(0.3);
    expect(found.exactCost).toMatchObject({ real: 0, excess: 1 });
    expect(found.exactCost?.mean).toBeGreaterThan(4);
    backend.free(a, b);
  });

  // Counted by the host on every backend; the reference in float64 is for the fast ones.
  const large = async (): Promise<void> => {
    const rows = EXACT_ROWS + 1;
    const random = new Random(6);
    const values = [random.normals(rows * 3), random.normals(rows * 3)] as const;
    const [a, b] = [upload(values[0], rows), upload(values[1], rows)];
    const found = await measureNull(
      backend,
      { a, b, solver: entropic(0.2), cost: RAW_EUCLIDEAN },
      { seed: 0, draws: 2 },
    );
    expect(found).toMatchObject({ rows, columns: rows, matching: 'by-row', exactCost: null });
    const [x, y] = values.map((all) => table(rows, 3, (i, j) => Math.fround(all[i * 3 + j] ?? 0)));
    const plan = scalingPlan(distances(x ?? [], y ?? [], RAW_EUCLIDEAN), 0.2);
    const expected = plan.reduce((sum, row) => sum + Math.max(...row), 0);
    expect(found.matchedMass?.real).toBeCloseTo(expected, 3);
    expect(entry(plan, 0, 0)).toBeGreaterThan(0);
    backend.free(a, b);
  };
  if (!slow) it('over 512 rows mass is counted row by row, and no exact assignment is made', large);

  it('has no mass without a plan, all of it on a permutation, and shares where mass is lost', async () => {
    const random = new Random(7);
    const [a, b] = [upload(random.normals(16 * 8), 16), upload(random.normals(16 * 8), 16)];
    const of = (solver: MatchingProblem['solver']) =>
      measureNull(backend, { a, b, solver, cost: RAW_EUCLIDEAN }, { seed: 0, draws: 2 });
    const none = await of(undefined);
    expect(none).toMatchObject({ matchedMass: null, transportCost: null });
    const exact = await of({ kind: 'exact' });
    expect(exact.matchedMass).toMatchObject({ real: 1, mean: 1, deviation: 0, excess: 0 });
    expect(exact.transportCost).toEqual(exact.exactCost);
    expect(exact.exactCost).toEqual(none.exactCost);
    const { transportCost, matchedMass } = await of({
      kind: 'unbalanced',
      epsilon: 0.5,
      tolerance: 1e-5,
      maxIterations: 2000,
      rho: 0.5,
    });
    // A mean over a mass below 1 is still a mean of costs.
    for (const got of [transportCost, matchedMass] as AgainstNull[])
      expect(Number.isFinite(got.excess)).toBe(true);
    expect(transportCost?.real).toBeGreaterThan(exact.exactCost?.real ?? Number.NaN);
    expect(matchedMass?.real).toBeLessThanOrEqual(1);
    backend.free(a, b);
  });

  it('stops when it is cancelled', async () => {
    const [a, b] = [upload(new Random(8).normals(16 * 8), 16), upload(new Random(9).normals(16 * 8), 16)];
    const controller = new AbortController();
    const fractions: number[] = [];
    const onProgress = (fraction: number): void => {
      fractions.push(fraction);
      if (fractions.length === 2) controller.abort();
    };
    const options = { seed: 0, draws: 3, signal: controller.signal, onProgress };
    await expect(
      measureNull(backend, { a, b, solver: entropic(0.5), cost: RAW_EUCLIDEAN }, options),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(fractions).toEqual([0.25, 0.5]);
    backend.free(a, b);
  });
});
