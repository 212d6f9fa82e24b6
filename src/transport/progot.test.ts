import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend } from '../backend/operations';
import type { CostMatrix } from './cost';
import { type CostSettings, RAW_EUCLIDEAN } from './cost-settings';
import { TransportError } from './errors';
import { distances, inner, progressivePlan, scaleOf, scalingPlan, standardDeviation, table } from './oracle';
import { planMeasures } from './plan';
import { ProgOt, type ProgOtOptions, type Schedule } from './progot';
import { type Case, named, planDifference, rounded, withSolver } from './testing';

/** Large enough that the first step converges fast. */
const SPREAD = 0.4;
const OPTIONS: ProgOtOptions = {
  epsilon: 0.2,
  tolerance: 1e-5,
  maxIterations: 2000,
  steps: 4,
  schedule: 'constant',
  spread: SPREAD,
};

/** Closed forms of α_k and of the share of the way done before step k. */
const SCHEDULES: Record<
  Schedule,
  { alpha(k: number, K: number): number; way(k: number, K: number): number }
> = {
  constant: { alpha: (k, K) => 1 / (K - k + 1), way: (k, K) => (k - 1) / (K - 1) },
  decelerating: {
    alpha: () => Math.exp(-1),
    way: (k, K) => (1 - (1 - 1 / Math.E) ** (k - 1)) / (1 - (1 - 1 / Math.E) ** (K - 1)),
  },
  accelerating: {
    alpha: (k, K) => (2 * k + 1) / ((K + 1) ** 2 - k ** 2),
    way: (k, K) => (k ** 2 - 1) / (K ** 2 - 1),
  },
};

const swapped = ({ A, B }: Case) => ({ A: B, B: A });
const PROBLEMS: readonly (readonly [
  string,
  Pick<Case, 'A' | 'B'>,
  Schedule,
  Partial<CostSettings>,
  number,
])[] = [
  ['unrelated', named('unrelated'), 'constant', {}, 0.1],
  ['planted permutation', named('planted'), 'decelerating', {}, 0.6],
  ['clustered', named('clustered'), 'accelerating', { scale: 'mean' }, 0.2],
  ['more columns than rows', named('rectangular'), 'accelerating', { metric: 'squared', scale: 'max' }, 0.02],
  ['more rows than columns', swapped(named('rectangular')), 'constant', { rows: 'unit' }, 0.1],
  ['identical points', named('identical'), 'decelerating', { metric: 'cosine' }, 0.1],
  ['one neuron', named('one neuron'), 'constant', {}, 0.06],
];

describe.each(await openBackends())('ProgOT on $name', ({ slow, open }) => {
  // Steps use Sinkhorn's kernels on moved points, so a slow device runs only one problem of each kind.
  const problems = slow ? PROBLEMS.filter(([name]) => name === 'more columns than rows') : PROBLEMS;

  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.dispose());

  const progot =
    (options: Partial<ProgOtOptions> = {}) =>
    (cost: CostMatrix): ProgOt =>
      new ProgOt(backend, cost, { ...OPTIONS, ...options });

  /** Computes α, ε and the ground cost of a problem in float64. */
  function posed({ A, B }: Pick<Case, 'A' | 'B'>, settings: CostSettings, options: ProgOtOptions) {
    const raw = distances(rounded(A), rounded(B), settings);
    const unit = scaleOf(raw, settings.scale);
    const ground = raw.map((row) => row.map((value) => value / unit));
    const first = SPREAD * standardDeviation(ground);
    const { alpha, way } = SCHEDULES[options.schedule];
    const steps = Array.from({ length: options.steps }, (_, i) => i + 1);
    const last = options.epsilon;
    return {
      ground,
      alphas: steps.map((k) => alpha(k, options.steps)),
      epsilons: steps.map((k) =>
        first === 0 || options.steps === 1 ? last : first + (last - first) * way(k, options.steps),
      ),
    };
  }

  it.each(problems)('is the definition in float64: %s', async (_, points, schedule, settings, epsilon) => {
    const cost = { ...RAW_EUCLIDEAN, ...settings };
    const options = { ...OPTIONS, schedule, epsilon, steps: 3 };
    const { ground, alphas, epsilons } = posed(points, cost, options);
    const definition = { alphas, epsilons, settings: cost };
    const expected = progressivePlan(rounded(points.A), rounded(points.B), definition);
    for (const warmStart of [false, true]) {
      await withSolver(
        backend,
        points,
        progot({ ...options, warmStart }),
        async (solver) => {
          await solver.run();
          expect(solver.converged).toBe(true);
          expect(solver.epsilon).toBeCloseTo(epsilon, 6);
          expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(2e-3);
          // The transport cost uses the original points, not the moved ones.
          const { transportCost } = await planMeasures(backend, solver.plan);
          expect(Math.abs(transportCost - inner(expected, ground))).toBeLessThan(1e-3);
        },
        { cost },
      );
    }
  });

  it.each(problems)(
    'is the entropic plan at ε with one step: %s',
    async (_, points, __, settings, epsilon) => {
      const cost = { ...RAW_EUCLIDEAN, ...settings };
      const options = { ...OPTIONS, epsilon, steps: 1 };
      const expected = scalingPlan(posed(points, cost, options).ground, epsilon);
      await withSolver(
        backend,
        points,
        progot(options),
        async (solver) => {
          await solver.run();
          expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(1e-3);
        },
        { cost },
      );
    },
  );

  it.each((Object.keys(SCHEDULES) as Schedule[]).slice(0, slow ? 1 : undefined))(
    'reports every step, its ε and its half-steps: %s',
    async (schedule) => {
      const points = named('rectangular');
      const options = { ...OPTIONS, schedule };
      const { epsilons } = posed(points, RAW_EUCLIDEAN, options);
      await withSolver(backend, points, progot(options), async (solver, ground) => {
        const seen = new Map<number, number>();
        let halfStep = 0;
        await solver.run({
          onHalfStep: (frame) => {
            expect(frame.halfStep).toBe(halfStep++);
            expect(frame.stage).toMatchObject({ name: 'step', count: 4 });
            seen.set(frame.stage.index, frame.epsilon);
            // The column points of the plan's cost stay the same; the row points move from the first step on.
            expect(solver.cost === ground).toBe(frame.stage.index === 0);
          },
        });
        expect([...seen.keys()]).toEqual([0, 1, 2, 3]);
        for (const [k, epsilon] of epsilons.entries()) expect(seen.get(k)).toBeCloseTo(epsilon, 5);
        expect(solver.halfSteps).toBe(halfStep - 1);
      });
    },
  );

  it('comes to the same plan in bands that are recomputed', async () => {
    const points = named('rectangular');
    const options = { ...OPTIONS, steps: 3 };
    const { alphas, epsilons } = posed(points, RAW_EUCLIDEAN, options);
    const definition = { alphas, epsilons, settings: RAW_EUCLIDEAN };
    const expected = progressivePlan(rounded(points.A), rounded(points.B), definition);
    const ground = distances(rounded(points.A), rounded(points.B), RAW_EUCLIDEAN);
    await withSolver(
      backend,
      points,
      progot(options),
      async (solver) => {
        await solver.run();
        expect(await planDifference(backend, solver.plan, expected)).toBeLessThan(2e-3);
        const { transportCost } = await planMeasures(backend, solver.plan);
        expect(Math.abs(transportCost - inner(expected, ground))).toBeLessThan(1e-3);
      },
      { budgetBytes: 0, bandBytes: 4 * points.B.length * 7 },
    );
  });

  it('stops between half-steps and between steps, and leaves nothing behind', async () => {
    const before = backend.memory().tensors;
    await withSolver(backend, named('rectangular'), progot(), async (solver) => {
      const controller = new AbortController();
      const run = solver.run({
        signal: controller.signal,
        onHalfStep: ({ stage, halfStep }) =>
          stage.index === 1 && halfStep % 2 === 1 ? controller.abort() : undefined,
      });
      await expect(run).rejects.toMatchObject({ name: 'AbortError' });
      expect(solver.frame.stage.index).toBe(1);
      expect(solver.converged).toBe(false);
    });
    await withSolver(backend, named('rectangular'), progot(), async (solver) => {
      // Runs to the end of the first step, then requests the second with an aborted signal.
      while (!solver.frame.stage.index && solver.halfSteps < 400) {
        const held = backend.memory().tensors;
        const error = await solver.halfStep(true, AbortSignal.abort()).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: 'AbortError' });
        expect(backend.memory().tensors).toBe(held);
        await solver.halfStep();
      }
      await solver.run();
      expect(solver.converged).toBe(true);
    });
    expect(backend.memory().tensors).toBe(before);
  });

  it('says that it did not converge when a step did not', async () => {
    await withSolver(backend, named('clustered'), progot({ maxIterations: 2 }), async (solver) => {
      await solver.run();
      expect(solver.iterations).toBe(8);
      expect(solver.epsilon).toBe(OPTIONS.epsilon);
      expect(solver.converged).toBe(false);
    });
  });

  it('refuses steps and spreads outside their range', async () => {
    const before = backend.memory().tensors;
    for (const options of [{ steps: 0 }, { steps: 1.5 }, { spread: 0 }, { spread: Number.NaN }]) {
      const tried = withSolver(backend, named('identical'), progot(options), async () => undefined);
      await expect(tried).rejects.toThrow(TransportError);
    }
    expect(backend.memory().tensors).toBe(before);
  });

  it('takes ε as it is where all costs are equal', async () => {
    const points = { A: table(5, 2, () => 1), B: table(7, 2, () => 3) };
    await withSolver(backend, points, progot(), async (solver) => {
      const epsilons = new Set<number>();
      await solver.run({ onHalfStep: ({ epsilon }) => void epsilons.add(epsilon) });
      expect([...epsilons]).toEqual([OPTIONS.epsilon]);
    });
  });
});
