import type { Backend } from '../../backend/operations';
import { now } from '../../now';

/** Rows, columns and inner size. Small, because a software adapter takes longer to compile the kernels of larger problems than to run them. */
const SIZE = 128;
const RUNS = 2;
const RESOLUTION_MS = 0.1;

/**
 * Measures the milliseconds of a matrix product plus a half-step of Sinkhorn, which dominate the time of models and plans.
 * The first run compiles kernels and is not counted.
 */
export async function calibrate(backend: Backend): Promise<number> {
  const values = Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i));
  const matrix = backend.upload(values, [SIZE, SIZE], 'f32', 'calibration');
  const potentials = { f: backend.zeros([SIZE], 'f'), g: backend.zeros([SIZE], 'g'), epsilon: 0.1 };
  const state = backend.zeros([2, SIZE], 'state');
  const run = async (): Promise<number> => {
    const start = now();
    const product = backend.matmul(matrix, matrix, { orientation: 'nt' });
    backend.rowPotential({ cost: product, rowStart: 0, rows: SIZE }, potentials, { logMarginal: 0 }, state);
    await backend.read(potentials.f);
    backend.free(product);
    return now() - start;
  };
  await run();
  let best = Infinity;
  // At least the resolution of coarse clocks, because speeds are compared by their ratio.
  for (let i = 0; i < RUNS; i++) best = Math.min(best, Math.max(await run(), RESOLUTION_MS));
  backend.free(matrix, potentials.f, potentials.g, state);
  return best;
}
