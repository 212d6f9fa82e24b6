import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import { normals } from '../../transport/random';
import { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import type { GapMethod } from '../contract/method';

/** The control for "does it matter what the new block reads?": rows with no direction of their own, at the parents' size. */
export const RANDOM: GapMethod = {
  id: 'random',
  title: 'Random rows at the parents’ norms (control)',
  trains: 'new',
  parents: 'pair',
  zeroInit: true,
  flow: undefined,
  description:
    'Every row is drawn from a normal distribution and scaled to the mean of the norms of the same row in both ' +
    'neighbouring blocks. Norm gains are averaged.',
  make(context) {
    const { backend, previous, zeroInit, gap, seed, alpha, signal } = context;
    const assembly = new BlockAssembly(context, this.id);
    return assembly.build(async () => {
      for (const [i, [key, tensor]] of [...previous].entries()) {
        signal?.throwIfAborted();
        context.onTensor?.(key, i / previous.size);
        const next = blockTensor(assembly.next, key);
        if (zeroInit && isOutput(key)) assembly.zero(key);
        else if (key.endsWith('layernorm.weight')) await assembly.fuse(key, tensor, next);
        else {
          const [rows, columns] = matrix(tensor);
          const values = normals(rows * columns, seedOf(seed, gap, i));
          await scaleRows(backend, values, rows, { previous: tensor, next, alpha });
          await assembly.computed(key, backend.upload(values, tensor.shape, 'f32', key));
        }
      }
    });
  },
};

/** Streams of one generator under neighbouring seeds are not to overlap, so the parts are mixed well. */
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
