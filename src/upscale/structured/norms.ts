import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';

/** Euclidean row norms `[n, 1]`. The caller owns the result. */
export function rowNorms(backend: Backend, x: Tensor): Tensor {
  const [rows, columns] = matrix(x);
  const origin = backend.zeros([1, columns], 'origin');
  try {
    return backend.pairwiseDistance(x, origin, 0, rows);
  } finally {
    backend.free(origin);
  }
}

/** Reads `rowNorms` to the host. */
export async function readRowNorms(backend: Backend, x: Tensor): Promise<Float32Array> {
  const norms = rowNorms(backend, x);
  try {
    return await backend.read(norms);
  } finally {
    backend.free(norms);
  }
}

/** Mean Euclidean distance between rows i of both matrices: the transport cost of the identity plan. */
export async function meanRowDistance(backend: Backend, x: Tensor, y: Tensor): Promise<number> {
  const difference = backend.weightedSum(x, 1, y, -1);
  try {
    return mean(await readRowNorms(backend, difference));
  } finally {
    backend.free(difference);
  }
}

export const mean = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
