import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBackends } from '../../tests/backends';
import { CpuBackend } from '../backend/cpu/backend';
import type { Backend } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { CostSettings } from './cost-settings';
import type { Matrix } from './oracle';
import { planMeasures } from './plan';
import { normals } from './random';
import { SolutionCache } from './solution-cache';
import { type SolveOptions, type Solver, solve } from './solve';
import { upload, wholePlan } from './testing';

const ENTROPIC = { kind: 'entropic', epsilon: 0.3, tolerance: 1e-5, maxIterations: 400, seed: 0 } as const;
const EXACT = { kind: 'exact' } as const;

const points = (rows: number, width: number, seed: number): number[][] => {
  const values = normals(rows * width, seed);
  return Array.from({ length: rows }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
};
const A = points(12, 5, 1);
const B = points(12, 5, 2);

/**
 * Slow solvers are tested on the CPU backends only, because keys do not depend on the device. On WebGPU the test checks that
 * cached plans equal newly solved ones, bit for bit.
 */
const SOLVERS: Record<string, Solver> = {
  entropic: ENTROPIC,
  unbalanced: { ...ENTROPIC, kind: 'unbalanced', rho: 0.7 },
  exact: EXACT,
  scaled: { ...ENTROPIC, epsilon: 0.01 },
  perplexity: { ...ENTROPIC, epsilonRule: { kind: 'perplexity', share: 0.4 } },
  progot: { ...ENTROPIC, kind: 'progot', steps: 3, schedule: 'constant' },
};
describe.each(await openBackends())('solutions on $name', ({ slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  /** Returns everything a solve reports and the result of applying its plan. */
  async function answer(
    [a, b]: readonly [Matrix, Matrix],
    solver: Solver,
    options: Pick<SolveOptions, 'cost' | 'solutions'> = {},
  ) {
    const scope = new Scope(backend);
    const [x, y] = [scope.own(upload(backend, a)), scope.own(upload(backend, b))];
    const { free, plan, ...numbers } = await solve(backend, x, y, solver, options);
    const entries = await wholePlan(backend, plan, a.length);
    const measures = await planMeasures(backend, plan);
    free();
    scope.free();
    return { ...numbers, kind: plan.kind, entries, measures };
  }

  it.each(Object.entries(SOLVERS).slice(0, slow ? 3 : undefined))(
    'of an equal problem are found again, bit for bit: %s',
    async (kind, solver) => {
      const fresh = await answer([A, B], solver);
      const solutions = new SolutionCache(backend);
      await answer([A, B], solver, { solutions });
      const iterate = vi.spyOn(backend, 'sinkhorn');
      expect(await answer([A, B], solver, { solutions })).toEqual(fresh);
      // ProgOT is not cached, because its plan belongs to moved points.
      expect(iterate.mock.calls.length > 0).toBe(kind === 'progot');
      iterate.mockRestore();
      solutions.free();
    },
  );

  const distinct = async (): Promise<void> => {
    const solutions = new SolutionCache(backend);
    const moved = A.map((row, i) =>
      i === 7 ? row.map((value, k) => (k === 3 ? value + 1e-3 : value)) : row,
    );
    const swapped = [...A.slice(0, 10), A[11] ?? [], A[10] ?? []];
    const cost = (fields: Partial<CostSettings>): CostSettings => ({
      metric: 'euclidean',
      rows: 'raw',
      scale: 'none',
      ...fields,
    });
    const problems: readonly (readonly [readonly [Matrix, Matrix], Solver, CostSettings])[] = [
      [[A, B], ENTROPIC, cost({})],
      [[A, B], { ...ENTROPIC, epsilon: 0.31 }, cost({})],
      [[A, B], { ...ENTROPIC, tolerance: 1e-2 }, cost({})],
      [[A, B], { ...ENTROPIC, maxIterations: 2 }, cost({})],
      [[A, B], { ...ENTROPIC, seed: 9 }, cost({})],
      [[A, B], { ...ENTROPIC, epsilonRule: { kind: 'spread', factor: 0.3 } }, cost({})],
      [[A, B], { ...ENTROPIC, epsilonRule: { kind: 'spread', factor: 0.4 } }, cost({})],
      [[A, B], { ...ENTROPIC, epsilonRule: { kind: 'perplexity', share: 0.3 } }, cost({})],
      [[A, B], { ...ENTROPIC, epsilonRule: { kind: 'perplexity', share: 0.5 } }, cost({})],
      [[A, B], { ...ENTROPIC, kind: 'unbalanced', rho: 1 }, cost({})],
      [[A, B], { ...ENTROPIC, kind: 'unbalanced', rho: 2 }, cost({})],
      [[A, B], { ...ENTROPIC, kind: 'progot', steps: 2, schedule: 'constant' }, cost({})],
      [[A, B], EXACT, cost({})],
      [[A, B], ENTROPIC, cost({ metric: 'squared' })],
      [[A, B], ENTROPIC, cost({ metric: 'cosine' })],
      [[A, B], ENTROPIC, cost({ rows: 'unit' })],
      [[A, B], ENTROPIC, cost({ scale: 'max' })],
      [[A, B], ENTROPIC, cost({ scale: 'mean' })],
      [[A, B], ENTROPIC, cost({ scale: 'median' })],
      [[B, A], ENTROPIC, cost({})],
      [[A, A], ENTROPIC, cost({})],
      [[moved, B], ENTROPIC, cost({})],
      [[swapped, B], ENTROPIC, cost({})],
      [[swapped, B], EXACT, cost({})],
      [[A.slice(0, 6), B], ENTROPIC, cost({})],
      [[A, B.slice(0, 6)], ENTROPIC, cost({})],
    ];
    const fresh = [];
    for (const [clouds, solver, settings] of problems)
      fresh.push(await answer(clouds, solver, { cost: settings }));
    // All results differ, so a wrong cache hit would be found.
    expect(new Set(fresh.map(({ entries }) => entries.join())).size).toBe(problems.length);
    for (const round of ['first', 'again']) {
      for (const [k, [clouds, solver, settings]] of problems.entries())
        expect(await answer(clouds, solver, { cost: settings, solutions }), `${round}, ${k}`).toEqual(
          fresh[k],
        );
    }
    solutions.free();
  };
  if (!slow) it('are told apart by everything that a problem is made of', distinct);

  it('that were stopped or failed are not kept', async () => {
    const solutions = new SolutionCache(backend);
    const scope = new Scope(backend);
    const [a, b] = [scope.own(upload(backend, A)), scope.own(upload(backend, B))];
    const solver = { ...ENTROPIC, epsilon: 0.05 };
    const stop = new AbortController();
    const read = backend.read.bind(backend);
    const iterate = vi.spyOn(backend, 'sinkhorn');
    const wait = vi.spyOn(backend, 'read').mockImplementation((tensor) => {
      if (iterate.mock.calls.length > 0) stop.abort();
      return read(tensor);
    });
    await expect(solve(backend, a, b, solver, { solutions, signal: stop.signal })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    iterate.mockRestore();
    wait.mockRestore();
    scope.free();
    expect(backend.memory().tensors).toBe(0);
    expect(await answer([A, B], solver, { solutions })).toEqual(await answer([A, B], solver));
    solutions.free();
  });
});

it('a large problem has no name, and its cost is not read', async () => {
  const backend = new CpuBackend();
  const solutions = new SolutionCache(backend);
  const read = vi.fn(async () => new Float32Array());
  expect(await solutions.key({ rows: 5000, columns: 5000 }, ENTROPIC, read)).toBeUndefined();
  expect(read).not.toHaveBeenCalled();
  expect(await solutions.key({ rows: 4096, columns: 4096 }, ENTROPIC, read)).toBeDefined();
});

it('what takes too much room together goes, the least recently used first', () => {
  const backend = new CpuBackend();
  const solutions = new SolutionCache(backend);
  // Each takes 6 of 16 MiB.
  const potentials = { f: backend.zeros([2 ** 20], 'f'), g: backend.zeros([2 ** 19], 'g'), epsilon: 1 };
  const solution = {
    kind: 'entropic',
    potentials,
    iterations: 1,
    converged: true,
    search: undefined,
  } as const;
  solutions.put('a', solution);
  solutions.put('b', solution);
  for (const key of ['a', 'c']) {
    if (key === 'c') solutions.put('c', solution);
    const found = solutions.get(key);
    expect(found).toMatchObject({ kind: 'entropic', iterations: 1 });
    if (found?.kind === 'entropic') backend.free(found.potentials.f, found.potentials.g);
  }
  expect(solutions.get('b')).toBeUndefined();
  expect(backend.memory().tensors).toBe(2 + 2 * 2);
  solutions.free();
  expect(backend.memory().tensors).toBe(2);
});
