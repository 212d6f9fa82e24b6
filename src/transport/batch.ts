import type { BackendInfo } from '../backend/operations';

/** Most cost entries visited without waiting for the device: a fraction of a second of work. */
const CELLS = { gpu: 2 ** 30, cpu: 2 ** 25 } as const;
const ITERATIONS = 100;

/**
 * Returns how many Sinkhorn iterations to enqueue before waiting for the device. Waiting for a GPU takes longer than an iteration of
 * a small problem; but a solve must stop soon after it is asked to.
 */
export function iterationsPerBatch({ kind, software }: BackendInfo, cells: number): number {
  const most = CELLS[kind === 'webgpu' && !software ? 'gpu' : 'cpu'];
  return Math.max(1, Math.min(ITERATIONS, Math.floor(most / cells)));
}
