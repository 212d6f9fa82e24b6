import type { Tensor } from '../operations';
import { weightedSum } from './matrix';
import type { Runner } from './runner';

/** Calls `work` with the tensors as f32. Packed tensors are replaced by temporary unpacked copies. */
export function withF32<T extends readonly Tensor[], Result>(
  runner: Runner,
  tensors: readonly [...T],
  work: (unpacked: T) => Result,
): Result {
  const copies: Tensor[] = [];
  const unpacked = tensors.map((tensor) => {
    if (tensor.dtype === 'f32') return tensor;
    const copy = weightedSum(runner, tensor, 1);
    copies.push(copy);
    return copy;
  });
  const result = work(unpacked as unknown as T);
  runner.free(...copies);
  return result;
}
