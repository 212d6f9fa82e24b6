import type { Backend, Tensor } from '../src/backend/operations';
import { CostMatrix } from '../src/transport/cost';
import { Sinkhorn } from '../src/transport/sinkhorn';
import { normal } from './data';
import { median } from './median';

export interface SolveTimes {
  /** Of an iteration in a long solve; median of three. */
  readonly perIteration: number;
  /** A whole solve at ε = 0.02 to a marginal error of 1e-5. */
  readonly solve: { readonly milliseconds: number; readonly iterations: number; readonly converged: boolean };
}

const RUN_MS = 100;
const MOST_ITERATIONS = 2000;

/** Times the solver on squared distances of `n` points to `n` points in a plane, some ε and more apart. */
export async function sinkhornTimes(backend: Backend, n: number): Promise<SolveTimes> {
  const points = [2, 3].map((seed) =>
    backend.upload(
      normal(2 * n, seed).map((x) => 0.25 * x),
      [n, 2],
      'f32',
      'points',
    ),
  ) as [Tensor, Tensor];
  const settings = { metric: 'squared', rows: 'raw', scale: 'none' } as const;
  const cost = await CostMatrix.build(backend, ...points, { cost: settings });
  const start = { f: new Float32Array(n), g: new Float32Array(n) };
  /** Solves, and reads the result as every caller does. */
  const run = async (epsilon: number, tolerance: number, maxIterations: number, fromZero: boolean) => {
    const options = { epsilon, tolerance, maxIterations };
    const begun = performance.now();
    const solver = new Sinkhorn(backend, cost, options, fromZero ? { start } : {});
    await solver.run();
    await solver.snapshot();
    const milliseconds = performance.now() - begun;
    const { iterations, converged } = solver;
    solver.free();
    return { milliseconds, iterations, converged };
  };
  // A tolerance that is never reached, so that all iterations are done.
  const iterate = (count: number) => run(0.06, 1e-30, count, true);
  await iterate(20);
  const { milliseconds: twenty } = await iterate(20);
  const count = Math.max(20, Math.min(MOST_ITERATIONS, Math.round((20 * RUN_MS) / twenty)));
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const { milliseconds, iterations } = await iterate(count);
    times.push(milliseconds / iterations);
  }
  const solve = await run(0.02, 1e-5, MOST_ITERATIONS, false);
  cost.free();
  backend.free(...points);
  return { perIteration: median(times), solve };
}
