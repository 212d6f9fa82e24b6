import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { BlockAssembly } from '../block/assembly';
import { isNorm } from '../../llama/block';
import { blockTensor } from '../block/block-tensor';
import { companionsOf } from '../block/companions';
import type { PlannedTensor } from '../block/planned';
import type { BlockContext } from '../contract/context';
import { scaledRows } from './move';
import { readRowNorms } from './norms';

/** A moved weight of the previous block. Owned by the caller. */
export interface MovedWeight {
  readonly weight: Tensor;
  /** Moves a vector, such as the bias, like the weight's rows; the caller owns the result. Absent: it is not moved. */
  readonly bias?: (bias: Tensor) => Promise<Tensor>;
  /** Returns the norms of the previous block's rows, moved but not mixed. Absent: the row norms of `weight`. */
  readonly norms?: () => Promise<Float32Array>;
}

/** Adds α·moved + (1 − α)·next for a projection's weight and the vectors that move with its rows (`companionsOf`). With `repairNorms` rows get the parents' mean norm. */
export async function fuse(
  { backend, config, previous, alpha, structured, signal }: BlockContext,
  assembly: BlockAssembly,
  tensor: PlannedTensor,
  moved: MovedWeight,
): Promise<void> {
  signal?.throwIfAborted();
  const scope = new Scope(backend);
  try {
    const anchor = blockTensor(assembly.next, `${tensor}.weight`);
    let weight = scope.own(backend.weightedSum(moved.weight, alpha, anchor, 1 - alpha));
    let factors: Float32Array | undefined;
    if (structured.repairNorms) {
      factors = await repair(
        backend,
        weight,
        await (moved.norms?.() ?? readRowNorms(backend, moved.weight)),
        await readRowNorms(backend, anchor),
        alpha,
      );
      weight = scope.own(await scaledRows(backend, weight, factors, signal));
    }
    await assembly.addComputed(`${tensor}.weight`, scope.release(weight));

    for (const key of companionsOf(config, tensor)) {
      const own = previous.get(key);
      if (!own) continue;
      const carried = moved.bias ? scope.own(await moved.bias(own)) : own;
      const fused = scope.own(
        backend.weightedSum(carried, alpha, blockTensor(assembly.next, key), 1 - alpha),
      );
      // The norm of a projection's output undoes any scale of its rows.
      const scaling = isNorm(key) ? undefined : factors;
      await assembly.addComputed(
        key,
        scaling ? await scaleEach(backend, fused, scaling) : scope.release(fused),
      );
    }
  } finally {
    scope.free();
  }
}

/** Returns the factor that gives each row the norm α·‖previous row‖ + (1 − α)·‖next row‖. */
async function repair(
  backend: Backend,
  fused: Tensor,
  previous: Float32Array,
  next: Float32Array,
  alpha: number,
): Promise<Float32Array> {
  const norms = await readRowNorms(backend, fused);
  // A zero row has no direction to rescale.
  return norms.map((norm, i) =>
    norm > 0 ? (alpha * (previous[i] ?? 0) + (1 - alpha) * (next[i] ?? 0)) / norm : 1,
  );
}

async function scaleEach(backend: Backend, vector: Tensor, factors: Float32Array): Promise<Tensor> {
  const values = await backend.read(vector);
  const scaled = values.map((value, i) => value * (factors[i] ?? 1));
  return backend.upload(scaled, vector.shape, 'f32', vector.label);
}
