import { afterAll, describe, expect, test } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import type { Backend } from '../../backend/operations';
import { macrotask } from '../../macrotask';
import { CostMatrix } from '../../transport/cost';
import { type IterativeSolverSettings, iterativeSolver } from '../../transport/solve';
import { History } from '../aligning/history';
import { picture } from './picture';
import { entropic, runner, SILENT, solved, unsolved, workspaceOn, type Points } from '../aligning/testing';
import { solveAlignment } from '../aligning/solve';

const points = (rows: number, width: number, seed: number): Points => ({
  rows,
  values: new Random(seed).normals(rows * width),
});

const [N, M, WIDTH] = [33, 47, 5];
const A = points(N, WIDTH, 1);
const B = points(M, WIDTH, 2);

const COMMON = { epsilon: 0.3, tolerance: 1e-4, maxIterations: 40 };
const METHODS: Readonly<Record<string, IterativeSolverSettings>> = {
  'one ε': { kind: 'entropic', ...COMMON },
  'ε-scaling': { kind: 'entropic', ...COMMON, epsilon: 0.02 },
  unbalanced: { kind: 'unbalanced', ...COMMON, rho: 1 },
  'a search for ε': { kind: 'entropic', ...COMMON, epsilonRule: { kind: 'perplexity', share: 0.3 } },
  ProgOT: { kind: 'progot', ...COMMON, steps: 2, schedule: 'constant' },
};

/** Returns the potentials of a new solve after this many half-steps. */
async function stoppedAfter(backend: Backend, method: IterativeSolverSettings, halfSteps: number) {
  const upload = ({ values, rows }: Points) =>
    backend.upload(Float32Array.from(values), [rows, WIDTH], 'f32', 'points');
  const [a, b] = [upload(A), upload(B)];
  const cost = await CostMatrix.build(backend, a, b);
  const solver = iterativeSolver(backend, cost, method);
  try {
    await solver.measure();
    for (let i = 0; i < halfSteps; i++) await solver.halfStep(true);
    const { f, g } = await solver.snapshot();
    return { f, g };
  } finally {
    solver.free();
    cost.free();
    backend.free(a, b);
  }
}

describe.each(await openBackends())('on $name', (kind) => {
  // A search for ε and ProgOT are solves of the first two kinds in a row: a slow device is spared them.
  const methods = Object.keys(METHODS).slice(0, kind.slow ? 3 : undefined);
  const opened: Backend[] = [];
  afterAll(() => opened.forEach((backend) => backend.dispose()));
  const open = async () => {
    const backend = await kind.open();
    opened.push(backend);
    return { backend, workspace: await workspaceOn(backend) };
  };

  test.each(methods)('frame k is a solve stopped after k half-steps, bit for bit: %s', async (name) => {
    const { backend, workspace } = await open();
    const method = METHODS[name];
    if (!method) throw new Error('no method');
    const whole = await solved(workspace, { key: 'whole', a: A, b: B, solver: method });
    // With room for only a few half-steps, most must be computed again.
    const history = new History(8 * 4 * (N + M));
    const thinned = await solved(workspace, { key: 'thinned', a: A, b: B, solver: method, history });
    const { halfSteps } = whole.result ?? { halfSteps: 0 };
    const first = whole.history.halfSteps[0] ?? 0;
    if (name !== 'ProgOT') expect(first).toBe(0);
    expect(halfSteps - first).toBeGreaterThan(12);
    expect(thinned.history.halfSteps.length).toBeLessThan((halfSteps - first) / 2);
    const asked = [first, first + 1, first + 2, first + 7, halfSteps - 4, first + 8, first + 9, halfSteps];
    for (const halfStep of asked) {
      const expected = await stoppedAfter(backend, method, halfStep);
      for (const alignment of [whole, thinned]) {
        const { f, g, halfStep: answered } = await alignment.snapshotAt(halfStep, undefined);
        expect(answered).toBe(halfStep);
        expect({ f, g }).toEqual(expected);
      }
    }
    const shown = await Promise.all(
      ['whole', 'thinned'].map((key) =>
        runner(workspace)(picture, { key, kind: 'plan', halfStep: first + 7, maxPixels: 64 }),
      ),
    );
    expect(shown[0]?.halfStep).toBe(first + 7);
    expect({ ...shown[1], key: 'whole' }).toEqual(shown[0]);
    workspace.clear();
    expect(backend.memory().tensors).toBe(0);
  });
});

describe('work on the device', () => {
  /** Names of the operations that were enqueued. */
  function watched(inner: Backend): { backend: Backend; log: string[] } {
    const log: string[] = [];
    const backend = new Proxy(inner, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (property !== 'memory') log.push(String(property));
          return Reflect.apply(value, target, args);
        };
      },
    });
    return { backend, log };
  }
  const SOLVING = ['rowPotential', 'columnPotential', 'columnLogSum', 'pairwiseDistance'];

  test('a solve that has converged does none, and its film is shown without solving again', async () => {
    const [cpu] = await openBackends();
    if (!cpu) throw new Error('no backend');
    const { backend, log } = watched(await cpu.open());
    const workspace = await workspaceOn(backend);
    const alignment = await unsolved(workspace, { a: A, b: B, solver: entropic(0.3) });
    const result = await solveAlignment(alignment, 0, SILENT);
    expect(result.converged).toBe(true);
    expect(log).toEqual(expect.arrayContaining(SOLVING));
    log.length = 0;
    for (let i = 0; i < 20; i++) await macrotask();
    expect(log).toEqual([]);
    for (let halfStep = result.halfSteps; halfStep >= 0; halfStep--) {
      const shown = await runner(workspace)(picture, {
        key: alignment.key,
        kind: 'plan',
        halfStep,
        maxPixels: 64,
      });
      expect(shown.halfStep).toBe(halfStep);
    }
    expect(log.filter((operation) => SOLVING.includes(operation))).toEqual([]);
    backend.dispose();
  });
});
