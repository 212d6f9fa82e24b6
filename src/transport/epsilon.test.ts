import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend } from '../backend/operations';
import { RAW_EUCLIDEAN } from './cost-settings';
import { TransportError } from './errors';
import { distances, perplexity, scalingPlan, standardDeviation, table } from './oracle';
import { PERPLEXITY_TOLERANCE, PerplexitySearch } from './perplexity-search';
import { planMeasures } from './plan';
import type { SinkhornOptions } from './sinkhorn-options';
import { type IterativeSolverSettings, iterativeSolver, solve } from './solve';
import { named, planDifference, rounded, upload, withSolver } from './testing';

const OPTIONS: SinkhornOptions = { epsilon: 0.06, tolerance: 1e-5, maxIterations: 4000 };

describe.each(await openBackends())('ε on $name', ({ slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.dispose());

  const search = (share: number, options: Partial<SinkhornOptions> = {}) =>
    ({
      make: (cost: ConstructorParameters<typeof PerplexitySearch>[1]) =>
        new PerplexitySearch(backend, cost, { ...OPTIONS, ...options }, share),
    }) as const;

  it.each([
    ['entropic', {}],
    ['unbalanced', { rho: 1 }],
    ['progot', { steps: 1, schedule: 'constant' }],
  ] as const)('is a factor of the cost’s standard deviation for %s', async (kind, extra) => {
    const points = named('rectangular');
    const cost = distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN);
    const epsilon = 0.2 * standardDeviation(cost);
    const method = { kind, ...OPTIONS, ...extra, epsilonRule: { kind: 'spread', factor: 0.2 } };
    const rho = kind === 'unbalanced' ? 1 : Infinity;
    await withSolver(
      backend,
      points,
      (made) => iterativeSolver(backend, made, method as IterativeSolverSettings),
      async (solver) => {
        await solver.run();
        expect(solver.epsilon).toBeCloseTo(epsilon, 6);
        const expected = scalingPlan(cost, epsilon, rho);
        expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(2e-3);
      },
    );
  });

  const shares: [name: string, share: number][] = [
    ['rectangular', 0.25],
    ['unrelated', 0.2],
    ['unrelated', 0.5],
    ['rectangular', 1],
    ['planted', 0.6],
    ['identical', 0.4],
  ];
  // A search is a row of solves, which sinkhorn.test.ts compares on slow backends, too.
  it.each(shares.slice(0, slow ? 1 : undefined))(
    'has the perplexity asked for: %s, %f',
    async (name, share) => {
      const points = named(name);
      const cost = distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN);
      await withSolver(backend, points, search(share).make, async (solver) => {
        expect(solver.report.converged).toBe(false);
        await solver.run();
        const { target, reached, epsilon, solves, converged } = solver.report;
        expect(target).toBe(share * points.B.length);
        expect(converged).toBe(true);
        expect(Math.abs(Math.log(reached / target))).toBeLessThanOrEqual(PERPLEXITY_TOLERANCE);
        expect(solves).toBeLessThanOrEqual(20);
        const expected = scalingPlan(cost, epsilon);
        expect(Math.abs(perplexity(expected) / target - 1)).toBeLessThan(2 * PERPLEXITY_TOLERANCE);
        expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(2e-3);
      });
    },
  );

  it('reports its trials', async () => {
    await withSolver(backend, named('identical'), search(0.5, { tolerance: 1e-3 }).make, async (solver) => {
      const trials: number[] = [];
      await solver.run({
        onHalfStep: ({ stage, epsilon }) => {
          expect(stage.name).toBe('trial');
          trials[stage.index] ??= epsilon;
        },
      });
      expect(trials).toHaveLength(solver.report.solves);
      expect(trials.length).toBeGreaterThan(2);
      expect(trials.at(-1)).toBe(solver.report.epsilon);
    });
  });

  it('says when no ε has that perplexity', async () => {
    // 24 rows that go to one column each cannot fill 36 columns of equal mass.
    const points = named('rectangular');
    await withSolver(backend, points, search(1 / 36, { maxIterations: 60 }).make, async (solver) => {
      await solver.run();
      const { target, reached, converged } = solver.report;
      expect(target).toBe(1);
      expect(reached).toBeGreaterThan(1.2);
      expect(converged).toBe(false);
    });
  });

  it('reports a search with the plan it led to', async () => {
    const points = named('unrelated');
    const [a, b] = [upload(backend, points.A), upload(backend, points.B)];
    const epsilonRule = { kind: 'perplexity', share: 0.3 } as const;
    const solved = await solve(backend, a, b, { kind: 'entropic', ...OPTIONS, epsilonRule });
    const { planPerplexity } = await planMeasures(backend, solved.plan);
    expect(solved.search?.converged).toBe(true);
    expect(solved.search?.reached).toBeCloseTo(planPerplexity, 5);
    expect(solved.epsilon).toBe(solved.search?.epsilon);
    solved.free();
    backend.free(a, b);
  });

  it('refuses costs without spread, and factors and shares outside their range', async () => {
    const before = backend.memory().tensors;
    const method = (epsilonRule: object): IterativeSolverSettings =>
      ({ kind: 'entropic', ...OPTIONS, epsilonRule }) as IterativeSolverSettings;
    const flat = { A: table(4, 3, () => 1), B: table(5, 3, () => 2) };
    for (const [points, rule] of [
      [flat, { kind: 'spread', factor: 0.05 }],
      [flat, { kind: 'perplexity', share: 0.5 }],
      [named('identical'), { kind: 'spread', factor: 0 }],
      [named('identical'), { kind: 'perplexity', share: 0 }],
      [named('identical'), { kind: 'perplexity', share: 1.1 }],
    ] as const) {
      const tried = withSolver(
        backend,
        points,
        (cost) => iterativeSolver(backend, cost, method(rule)),
        async () => undefined,
      );
      await expect(tried).rejects.toThrow(TransportError);
    }
    expect(backend.memory().tensors).toBe(before);
  });
});
