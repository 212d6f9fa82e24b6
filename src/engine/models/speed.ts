import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { CacheKey, Workspace } from '../workspace/workspace';
import { now } from '../../now';

/** How fast a device computes the parts of making new blocks. */
export interface Speed {
  /** Floating-point operations per second of a matrix product. */
  readonly operations: number;
  /** Weights per second that are uploaded, averaged and read back. */
  readonly values: number;
  /** Entries of a cost per second that Sinkhorn iterations visit. */
  readonly visits: number;
}

/** Side of the measured problems: the smallest that keeps a device busy, and two seconds on a software adapter. */
const SIDE = { webgpu: 512, cpu: 512, software: 256 } as const;
const ITERATIONS = 10;

const measured: CacheKey<{ speed?: Promise<Speed> }> = {
  make: () => ({}),
  clear: () => undefined,
};

/** Returns the speed of the workspace's device, measured once. */
export const speedOf = (workspace: Workspace): Promise<Speed> =>
  (workspace.get(measured).speed ??= measure(workspace.backend));

async function measure(backend: Backend): Promise<Speed> {
  const side = backend.info.software ? SIDE.software : SIDE[backend.info.kind];
  const numbers = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
  const scope = new Scope(backend);
  const own = (tensor: Tensor): Tensor => scope.own(tensor);
  try {
    const matrix = own(backend.upload(numbers, [side, side], 'f32', 'speed'));
    const state = own(backend.zeros([2, side], 'state'));
    const potentials = {
      f: own(backend.zeros([side], 'f')),
      g: own(backend.zeros([side], 'g')),
      epsilon: 0.1,
    };
    const step = { logMarginal: -Math.log(side) };
    const product = await secondsOf(async () => {
      own(backend.matmul(matrix, matrix, { orientation: 'nt' }));
      await backend.settle();
    });
    const solve = await secondsOf(async () => {
      const band = { cost: matrix, rowStart: 0, rows: side };
      backend.rowPotential(band, potentials, step, state);
      const steps = { rows: step, columns: step, count: ITERATIONS, tolerance: 0 };
      await backend.read(own(backend.sinkhorn(band, potentials, state, steps)));
    });
    const average = await secondsOf(async () => {
      const fresh = own(backend.upload(numbers, [side, side], 'f32', 'speed'));
      await backend.read(own(backend.weightedSum(fresh, 0.5, matrix, 0.5)));
    });
    return {
      operations: (2 * side ** 3) / product,
      visits: (ITERATIONS * side ** 2) / solve,
      values: side ** 2 / average,
    };
  } finally {
    scope.free();
  }
}

/** Times the second of two runs, because the first compiles kernels and chooses variants. */
async function secondsOf(run: () => Promise<void>): Promise<number> {
  await run();
  const start = now();
  await run();
  return Math.max(now() - start, 0.001) / 1000;
}
