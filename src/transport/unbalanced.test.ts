import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend } from '../backend/operations';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';
import type { SolveFrame } from './iterative-solver';
import { columnSums, distances, entry, inner, rowSums, scalingPlan, table, total } from './oracle';
import { applyPlan, planMeasures } from './plan';
import { RAW_EUCLIDEAN } from './cost-settings';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';
import { type Case, named, planDifference, rounded, upload, withSolver } from './testing';

const OPTIONS: SinkhornOptions = { epsilon: 0.3, tolerance: 1e-5, maxIterations: 4000 };

/** Point clouds of the fixture with different shapes and structures, and the wide one with A and B exchanged. */
const swapped = ({ A, B }: Case) => ({ A: B, B: A });
const PROBLEMS = [
  ['unrelated', named('unrelated'), 0.15],
  ['planted permutation', named('planted'), 0.6],
  ['clustered', named('clustered'), 1],
  ['more columns than rows', named('rectangular'), 0.2],
  ['more rows than columns', swapped(named('rectangular')), 0.2],
  ['identical points', named('identical'), 0.2],
  ['one neuron', named('one neuron'), 0.06],
] as const;

describe.each(await openBackends())('unbalanced Sinkhorn on $name', ({ slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.dispose());

  const unbalanced =
    (rho: number, options: Partial<SinkhornOptions> = {}) =>
    (cost: CostMatrix): Sinkhorn =>
      new Sinkhorn(backend, cost, { ...OPTIONS, ...options }, { rho });

  // Shapes are what kernels differ in; structures of the costs are for the solver, which is the same code on every backend.
  const shapes = PROBLEMS.filter(([name]) => !slow || /than|one neuron/.test(name));
  it.each(shapes)('agrees with the scaling form in float64: %s', async (_, points, epsilon) => {
    const cost = distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN);
    for (const rho of [0.1, 1, 20]) {
      const expected = scalingPlan(cost, epsilon, rho);
      await withSolver(backend, points, unbalanced(rho, { epsilon }), async (solver) => {
        await solver.run();
        expect(solver.converged).toBe(true);
        const { plan } = solver;
        expect(plan.kind).toBe('unbalanced');
        expect(await planDifference(backend, plan, expected)).toBeLessThan(1e-3);
        const measures = await planMeasures(backend, plan);
        const [n, m] = [cost.length, cost[0]?.length ?? 0];
        const off = (sums: number[], size: number): number =>
          sums.reduce((error, value) => error + Math.abs(value - 1 / size), 0);
        const close = (actual: number, wanted: number): void =>
          expect(Math.abs(actual - wanted)).toBeLessThan(1e-3 * Math.abs(wanted) + 1e-5);
        close(measures.totalMass, total(expected));
        close(measures.transportCost, inner(expected, cost));
        close(measures.marginalError, off(columnSums(expected), m));
        close(measures.rowMarginalError, off(rowSums(expected), n));
      });
    }
  });

  it('moves mass exp(−M/(2ρ+ε)) between two single points', async () => {
    // Fixed point of f = p(M − g), g = p(M − f) with p = ρ/(ρ+ε).
    for (const [distance, rho, epsilon] of [
      [2, 1, 0.1],
      [5, 0.5, 1],
      [1, 30, 0.05],
    ] as const) {
      const points = { A: [[0, 0]], B: [[0, distance]] };
      await withSolver(backend, points, unbalanced(rho, { epsilon }), async (solver) => {
        await solver.run();
        const { totalMass } = await planMeasures(backend, solver.plan);
        expect(totalMass / Math.exp(-distance / (2 * rho + epsilon))).toBeCloseTo(1, 3);
      });
    }
  });

  it('moves mass (n·m)^(ε/(2ρ+ε))·exp(−c/(2ρ+ε)) where every cost is c', async () => {
    const [n, m, c, rho, epsilon] = [6, 11, 1.5, 2, 0.4];
    const points = { A: table(n, 2, () => 1), B: table(m, 2, (_, k) => (k === 0 ? 1 : 1 + c)) };
    await withSolver(backend, points, unbalanced(rho, { epsilon }), async (solver) => {
      await solver.run();
      const wanted = (n * m) ** (epsilon / (2 * rho + epsilon)) * Math.exp(-c / (2 * rho + epsilon));
      const { totalMass, planPerplexity } = await planMeasures(backend, solver.plan);
      expect(totalMass / wanted).toBeCloseTo(1, 3);
      expect(planPerplexity).toBeCloseTo(m, 3);
    });
  });

  // The limit takes thousands of iterations with the same kernels as the cases above.
  const limits = PROBLEMS.filter(([name]) => !slow || name === 'more columns than rows');
  it.each(limits)('is balanced transport in the limit of large ρ: %s', async (_, points, epsilon) => {
    const expected = scalingPlan(distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN), epsilon);
    await withSolver(backend, points, unbalanced(1e6, { epsilon }), async (solver) => {
      await solver.run();
      expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(2e-3);
      const { totalMass, marginalError } = await planMeasures(backend, solver.plan);
      expect(Math.abs(totalMass - 1)).toBeLessThan(1e-3);
      expect(marginalError).toBeLessThan(1e-3);
    });
  });

  it('leaves out a row that is far from all columns, and averages over the others', async () => {
    const clean = named('rectangular');
    const points = { A: clean.A.map((row, i) => (i === 3 ? row.map((x) => x + 30) : row)), B: clean.B };
    const epsilon = 0.2;
    const expected = scalingPlan(distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN), epsilon, 1);
    const sums = columnSums(expected);
    await withSolver(backend, points, unbalanced(1, { epsilon }), async (solver) => {
      await solver.run();
      const { rowMass, totalMass } = await planMeasures(backend, solver.plan);
      expect(rowMass[3]).toBeLessThan(1e-6);
      expect(totalMass).toBeLessThan(0.9);
      const [n, m] = [points.A.length, points.B.length];
      const x = table(n, 5, (i, k) => Math.sin(1 + i * 5 + k));
      const average = table(m, 5, (j, k) => {
        const moved = x.reduce((sum, row, i) => sum + entry(expected, i, j) * (row[k] ?? 0), 0);
        return moved / (sums[j] ?? Number.NaN);
      });
      const rows = upload(backend, x);
      const across = upload(
        backend,
        table(5, n, (k, i) => entry(x, i, k)),
      );
      const downwards = await applyPlan(backend, solver.plan, rows, 0, 'rescaled');
      const sideways = await applyPlan(backend, solver.plan, across, 1, 'rescaled');
      const [down, side] = [await backend.read(downwards), await backend.read(sideways)];
      for (const [at, value] of average.flat().entries()) {
        expect(Math.abs((down[at] ?? Number.NaN) - value)).toBeLessThan(2e-3);
        expect(Math.abs((side[(at % 5) * m + Math.floor(at / 5)] ?? Number.NaN) - value)).toBeLessThan(2e-3);
      }
      backend.free(rows, across, downwards, sideways);
    });
  });

  it('reports the change of f that ends it, and stops when asked to', async () => {
    const frames: SolveFrame[] = [];
    await withSolver(backend, named('rectangular'), unbalanced(1), async (solver) => {
      await solver.run({ onHalfStep: (frame) => void frames.push(frame) });
      expect(frames.map(({ halfStep }) => halfStep)).toEqual(frames.map((_, i) => i));
      expect(frames.at(-1)?.change).toBeLessThanOrEqual(OPTIONS.tolerance);
      expect(frames.at(-3)?.change).toBeGreaterThan(OPTIONS.tolerance);
      // The marginals are never met.
      expect(frames.at(-1)?.marginalError).toBeGreaterThan(0.01);
    });
    await withSolver(backend, named('rectangular'), unbalanced(1), async (solver) => {
      const controller = new AbortController();
      const run = solver.run({
        signal: controller.signal,
        onHalfStep: ({ halfStep }) => (halfStep === 3 ? controller.abort() : undefined),
      });
      await expect(run).rejects.toMatchObject({ name: 'AbortError' });
      expect(solver.halfSteps).toBe(3);
    });
  });

  it('approaches a small ε through larger ones', async () => {
    const points = named('clustered');
    const epsilon = 0.06;
    await withSolver(backend, points, unbalanced(1, { epsilon }), async (solver, cost) => {
      const epsilons: number[] = [];
      await solver.run({ onHalfStep: (frame) => void epsilons.push(frame.epsilon) });
      expect(epsilons[0]).toBeCloseTo(cost.maximum, 3);
      expect(solver.epsilon).toBe(epsilon);
      const exact = distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN);
      const expected = scalingPlan(exact, epsilon, 1);
      expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(2e-3);
    });
  });

  it('refuses a ρ that is not above 0, and leaves nothing behind', async () => {
    const before = backend.memory().tensors;
    for (const rho of [0, -1, Number.NaN, Infinity]) {
      const tried = withSolver(backend, named('identical'), unbalanced(rho), async () => undefined);
      await expect(tried).rejects.toThrow(TransportError);
    }
    await withSolver(backend, named('identical'), unbalanced(1), (solver) => solver.run());
    expect(backend.memory().tensors).toBe(before);
  });
});
