import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import { normals } from '../../transport/random';
import type { BlockContext } from '../contract/context';

/**
 * Draws normal rows and scales them to the parents' row norms, mixed by alpha. Seed, gap and `index` (of the tensor in the
 * block) decide the draw. The caller owns the result.
 */
export async function randomRows(
  { backend, seed, gap, alpha }: Pick<BlockContext, 'backend' | 'seed' | 'gap' | 'alpha'>,
  { previous, next, index }: { previous: Tensor; next: Tensor; index: number },
): Promise<Tensor> {
  const [rows, columns] = matrix(previous);
  const values = normals(rows * columns, seedOf(seed, gap, index));
  await scaleRows(backend, values, rows, { previous, next, alpha });
  return backend.upload(values, previous.shape, 'f32', previous.label);
}

/** Mixes the parts well, because streams of neighbouring seeds must not overlap. */
const seedOf = (seed: number, gap: number, tensor: number): number =>
  (seed ^ Math.imul(gap + 1, 0x9e3779b1) ^ Math.imul(tensor + 1, 0x85ebca6b)) >>> 0;

/** Gives row r of `values` the norm α·‖previous_r‖ + (1 − α)·‖next_r‖. A vector is one row. */
async function scaleRows(
  backend: Backend,
  values: Float32Array,
  rows: number,
  { previous, next, alpha }: { previous: Tensor; next: Tensor; alpha: number },
): Promise<void> {
  const lower = norms(await backend.read(previous), rows);
  const upper = norms(await backend.read(next), rows);
  const drawn = norms(values, rows);
  const columns = values.length / rows;
  for (let row = 0; row < rows; row++) {
    const wanted = alpha * (lower[row] ?? Number.NaN) + (1 - alpha) * (upper[row] ?? Number.NaN);
    const scale = wanted / (drawn[row] ?? Number.NaN);
    for (let k = row * columns; k < (row + 1) * columns; k++) values[k] = (values[k] ?? Number.NaN) * scale;
  }
}

/** Euclidean norms of the rows. */
function norms(values: Float32Array, rows: number): Float64Array {
  const columns = values.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let k = row * columns; k < (row + 1) * columns; k++) sum += (values[k] ?? Number.NaN) ** 2;
    return Math.sqrt(sum);
  });
}
