import type { Backend } from '../../backend/operations';
import type { CacheKey, Workspace } from '../workspace/workspace';

/** How fast a device computes the parts of making new blocks. */
export interface Speed {
  /** Floating-point operations per second of a matrix product. */
  readonly operations: number;
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
  const values = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
  const matrix = backend.upload(values, [side, side], 'f32', 'speed');
  const f = backend.zeros([side], 'f');
  const g = backend.zeros([side], 'g');
  const state = backend.zeros([2, side], 'state');
  try {
    // The first run compiles kernels and chooses variants.
    await product(backend, matrix);
    const start = performance.now();
    const cost = await product(backend, matrix);
    const multiplied = performance.now();
    const band = { cost, rowStart: 0, rows: side };
    const potentials = { f, g, epsilon: 0.1 };
    const step = { logMarginal: -Math.log(side) };
    const iterate = async (): Promise<void> => {
      backend.rowPotential(band, potentials, step, state);
      const steps = { rows: step, columns: step, count: ITERATIONS, tolerance: 0 };
      const errors = backend.sinkhorn(band, potentials, state, steps);
      await backend.read(errors);
      backend.free(errors);
    };
    await iterate();
    const ready = performance.now();
    await iterate();
    const end = performance.now();
    backend.free(cost);
    return {
      operations: (2 * side ** 3) / ((multiplied - start) / 1000),
      visits: (ITERATIONS * side ** 2) / ((end - ready) / 1000),
    };
  } finally {
    backend.free(matrix, f, g, state);
  }
}

async function product(backend: Backend, matrix: Parameters<Backend['matmul']>[0]) {
  const result = backend.matmul(matrix, matrix, { orientation: 'nt' });
  await backend.settle();
  return result;
}
