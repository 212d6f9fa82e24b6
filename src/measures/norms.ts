import { ROW_MOMENT } from '../backend/operations';
import type { Backend, Tensor } from '../backend/operations';
import { matrix } from '../backend/shape';
import { Scope } from '../backend/scope';

/** ‖αX + βY‖² of matrices of equal shape. Reads only two numbers per row from the device. */
export async function squaredNorm(
  backend: Backend,
  x: Tensor,
  alpha = 1,
  y?: Tensor,
  beta?: number,
): Promise<number> {
  const scope = new Scope(backend);
  try {
    const sum = scope.own(backend.weightedSum(x, alpha, y, beta));
    const [rows, columns] = matrix(sum);
    const moments = await backend.read(scope.own(backend.rowMoments({ cost: sum, rowStart: 0, rows })));
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const mean = moments[2 * row + ROW_MOMENT.mean] ?? Number.NaN;
      total += (moments[2 * row + ROW_MOMENT.squares] ?? Number.NaN) + columns * mean * mean;
    }
    return total;
  } finally {
    scope.free();
  }
}

/** Frobenius norm of a matrix. */
export const norm = async (backend: Backend, x: Tensor): Promise<number> =>
  Math.sqrt(await squaredNorm(backend, x));

/** Σ x·y / (‖X‖·‖Y‖) of two matrices of equal shape; null if one of them is zero. */
export async function cosine(backend: Backend, x: Tensor, y: Tensor): Promise<number | null> {
  const lengths = (await norm(backend, x)) * (await norm(backend, y));
  if (lengths === 0) return null;
  // ⟨x, y⟩ = (‖x + y‖² − ‖x − y‖²)/4 needs no further kernel, and is exact enough for matrices of similar norm.
  const together = await squaredNorm(backend, x, 1, y, 1);
  const apart = await squaredNorm(backend, x, 1, y, -1);
  return (together - apart) / 4 / lengths;
}
