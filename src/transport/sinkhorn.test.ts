import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { CostMatrix, type CostOptions } from './cost';
import { TransportError } from './errors';
import type { SolveFrame } from './iterative-solver';
import { planMeasures } from './plan';
import { uploadPotentials } from './potentials';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';
import { type Case, cases, wholePlan } from './testing';

const named = (name: string): Case => {
  const found = cases.find((c) => c.name.startsWith(name));
  if (!found) throw new Error(`no case ${name}`);
  return found;
};

const upload = (backend: Backend, rows: number[][]): Tensor =>
  backend.upload(Float32Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0], 'f32', 'points');

const TIGHT: Omit<SinkhornOptions, 'epsilon'> = { tolerance: 1e-5, maxIterations: 4000 };
/** Tight enough that every case stays within a third of the allowed differences. */
const ENOUGH: Omit<SinkhornOptions, 'epsilon'> = { tolerance: 1e-4, maxIterations: 1000 };

describe.each(await openBackends())('Sinkhorn on $name', ({ slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.dispose());

  async function withSinkhorn<T>(
    points: Pick<Case, 'A' | 'B'>,
    options: SinkhornOptions,
    use: (sinkhorn: Sinkhorn, cost: CostMatrix) => Promise<T>,
    costOptions: CostOptions = {},
  ): Promise<T> {
    const scope = new Scope(backend);
    let cost: CostMatrix | undefined;
    let sinkhorn: Sinkhorn | undefined;
    try {
      const a = scope.own(upload(backend, points.A));
      const b = scope.own(upload(backend, points.B));
      cost = await CostMatrix.build(backend, a, b, costOptions);
      sinkhorn = new Sinkhorn(backend, cost, options);
      return await use(sinkhorn, cost);
    } finally {
      sinkhorn?.free();
      cost?.free();
      scope.free();
    }
  }

  /** Reads the whole plan T back from the backend. */
  const planOf = (sinkhorn: Sinkhorn, cost: CostMatrix): Promise<Float32Array> =>
    wholePlan(backend, { kind: 'entropic', cost, potentials: sinkhorn.potentials }, cost.rows);

  const converged = cases.flatMap((c) =>
    c.plans.filter((p) => p.converged).map((p) => [`${c.name}, ε = ${p.eps}`, c, p] as const),
  );
  it.each(converged.filter((_, i) => !slow || i % 3 === 0))(
    'agrees with POT: %s',
    async (_, points, oracle) => {
      await withSinkhorn(points, { ...ENOUGH, epsilon: oracle.eps }, async (sinkhorn, cost) => {
        await sinkhorn.run();
        expect(sinkhorn.epsilon).toBe(oracle.eps);
        const plan = await planOf(sinkhorn, cost);
        const { rows, columns } = cost;
        const norm = Math.hypot(...plan);
        expect(Math.abs(norm / oracle.norm - 1)).toBeLessThan(1e-3);
        for (const [j, value] of oracle.row0.entries()) {
          expect(Math.abs((plan[j] ?? 0) - value) * rows).toBeLessThan(1e-3);
        }
        for (const [j, row] of oracle.col_argmax.entries()) {
          // Our best row is the oracle's, except for ties within the tolerance.
          const column = Array.from({ length: rows }, (_, i) => plan[i * columns + j] ?? 0);
          expect(Math.max(...column) - (column[row] ?? 0)).toBeLessThan(1e-3 / rows);
        }
        const measures = await planMeasures(backend, {
          kind: 'entropic',
          cost,
          potentials: sinkhorn.potentials,
        });
        expect(Math.abs(measures.transportCost - oracle.transport_cost)).toBeLessThan(1e-3);
        expect(Math.abs(measures.planPerplexity / oracle.row_entropy_perplexity - 1)).toBeLessThan(1e-3);
        expect(Math.abs(measures.marginalError - sinkhorn.marginalError)).toBeLessThan(1e-5);
        for (let i = 0; i < rows; i++) {
          const row = plan.slice(i * columns, (i + 1) * columns);
          expect(row.reduce((sum, value) => sum + value, 0) * rows).toBeCloseTo(1, 4);
          expect(row[measures.argmax[i] ?? 0]).toBeCloseTo(Math.max(...row), 6);
        }
      });
    },
  );

  it('reports every half-step, its error being that of the plan', async () => {
    await withSinkhorn(named('rectangular'), { ...TIGHT, epsilon: 0.2 }, async (sinkhorn, cost) => {
      const frames: SolveFrame[] = [];
      await sinkhorn.run({
        onHalfStep: async (frame) => {
          frames.push(frame);
          if (frame.halfStep % 2 !== 0 || frame.halfStep > 20) return;
          const plan = await planOf(sinkhorn, cost);
          let error = 0;
          for (let j = 0; j < cost.columns; j++) {
            let mass = 0;
            for (let i = 0; i < cost.rows; i++) mass += plan[i * cost.columns + j] ?? 0;
            error += Math.abs(mass - 1 / cost.columns);
          }
          expect(Math.abs(frame.marginalError - error)).toBeLessThan(1e-5 + 1e-4 * error);
        },
      });
      expect(frames.map(({ halfStep }) => halfStep)).toEqual(frames.map((_, i) => i));
      expect(frames.length).toBe(sinkhorn.halfSteps + 1);
      expect(sinkhorn.converged).toBe(true);
      expect(frames.at(-1)?.marginalError).toBeLessThanOrEqual(TIGHT.tolerance);
    });
  });

  it('comes to the same plan in bands, recomputed or kept, and observed or not', async () => {
    const points = named('unrelated');
    const options = { ...TIGHT, tolerance: 1e-5, epsilon: 0.06 };
    const rowBytes = 4 * points.B.length;
    const [whole, kept, recomputed] = [
      {},
      { bandBytes: 7 * rowBytes },
      { bandBytes: 7 * rowBytes, budgetBytes: 0 },
    ];
    const solve = (costOptions: CostOptions, observed: boolean): Promise<Float32Array> =>
      withSinkhorn(
        points,
        options,
        async (sinkhorn, cost) => {
          await sinkhorn.run(observed ? { onHalfStep: () => undefined } : {});
          return planOf(sinkhorn, cost);
        },
        costOptions,
      );
    const expected = await solve(whole, false);
    for (const actual of [await solve(kept, false), await solve(recomputed, true)]) {
      const difference = Math.max(...actual.map((value, k) => Math.abs(value - (expected[k] ?? 0))));
      expect(difference * points.A.length).toBeLessThan(1e-4);
    }
  });

  it('approaches a cost that is large against ε through larger ε', async () => {
    const points = named('large cost');
    await withSinkhorn(
      points,
      { epsilon: 0.06, tolerance: 1e-3, maxIterations: 3000 },
      async (sinkhorn, cost) => {
        const epsilons: number[] = [];
        await sinkhorn.run({ onHalfStep: ({ epsilon }) => void epsilons.push(epsilon) });
        expect(epsilons[0]).toBeCloseTo(cost.maximum, 3);
        expect(epsilons.at(-1)).toBe(0.06);
        expect(epsilons).toEqual(epsilons.toSorted((a, b) => b - a));
        const { transportCost } = await planMeasures(backend, {
          kind: 'entropic',
          cost,
          potentials: sinkhorn.potentials,
        });
        expect(Math.abs(transportCost / points.exact.transport_cost - 1)).toBeLessThan(1e-3);
      },
    );
  });

  it('ends at the ε asked for under a small cap, and says it did not converge', async () => {
    await withSinkhorn(
      named('clustered'),
      { epsilon: 0.06, tolerance: 1e-6, maxIterations: 7 },
      async (sinkhorn) => {
        await sinkhorn.run();
        expect(sinkhorn.epsilon).toBe(0.06);
        expect(sinkhorn.iterations).toBe(7);
        expect(sinkhorn.converged).toBe(false);
        expect(sinkhorn.marginalError).toBeGreaterThan(1e-6);
      },
    );
  });

  it('finds the same plan from a random start, and the same start from the same seed', async () => {
    const points = named('unrelated');
    const solve = (seed: number): Promise<{ start: Float32Array; plan: Float32Array }> =>
      withSinkhorn(points, { ...TIGHT, epsilon: 0.06, seed }, async (sinkhorn, cost) => {
        const { f } = await sinkhorn.snapshot();
        await sinkhorn.run();
        return { start: f, plan: await planOf(sinkhorn, cost) };
      });
    const [zero, one, again] = [await solve(0), await solve(1), await solve(1)];
    expect(zero.start.every((value) => value === 0)).toBe(true);
    expect(Math.max(...one.start)).toBeGreaterThan(0.05);
    expect(again.start).toEqual(one.start);
    const difference = Math.max(...one.plan.map((value, k) => Math.abs(value - (zero.plan[k] ?? 0))));
    expect(difference * points.A.length).toBeLessThan(1e-3);
  });

  it('keeps a half-step as a snapshot that measures the same when put back', async () => {
    await withSinkhorn(named('rectangular'), { ...TIGHT, epsilon: 0.2 }, async (sinkhorn, cost) => {
      for (let step = 0; step < 4; step++) await sinkhorn.halfStep();
      const error = sinkhorn.marginalError;
      const snapshot = await sinkhorn.snapshot();
      await sinkhorn.run();
      expect(sinkhorn.marginalError).toBeLessThan(error / 10);
      const potentials = uploadPotentials(backend, snapshot);
      const measures = await planMeasures(backend, { kind: 'entropic', cost, potentials });
      expect(measures.marginalError).toBeCloseTo(error, 5);
      backend.free(potentials.f, potentials.g);
    });
  });

  it('stops between half-steps when asked to', async () => {
    await withSinkhorn(named('clustered'), { ...TIGHT, epsilon: 0.06 }, async (sinkhorn) => {
      const controller = new AbortController();
      const run = sinkhorn.run({
        signal: controller.signal,
        onHalfStep: ({ halfStep }) => (halfStep === 3 ? controller.abort() : undefined),
      });
      await expect(run).rejects.toMatchObject({ name: 'AbortError' });
      expect(sinkhorn.halfSteps).toBe(3);
    });
  });

  it('refuses an ε that is not above 0, and leaves nothing behind', async () => {
    const before = backend.memory().tensors;
    for (const epsilon of [0, -1, Number.NaN, Infinity]) {
      await expect(
        withSinkhorn(named('identical'), { ...TIGHT, epsilon }, async () => undefined),
      ).rejects.toThrow(TransportError);
    }
    await withSinkhorn(named('identical'), { ...TIGHT, epsilon: 1 }, (sinkhorn) => sinkhorn.run());
    expect(backend.memory().tensors).toBe(before);
  });
});
