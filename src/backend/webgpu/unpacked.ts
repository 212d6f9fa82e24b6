import type { Tensor } from '../operations';
import { weightedSum } from './matrix';
import type { Runner } from './runner';

/** Hands `work` the tensors as f32, unpacked copies where they are packed. */
export function withUnpacked<T extends readonly Tensor[], Result>(
  runner: Runner,
  tensors: readonly [...T],
  work: (withUnpacked: T) => Result,
): Result {
  const copies: Tensor[] = [];
  const withUnpacked = tensors.map((tensor) => {
    if (tensor.dtype === 'f32') return tensor;
    const copy = weightedSum(runner, tensor, 1);
    copies.push(copy);
    return copy;
  });
  const result = work(withUnpacked as unknown as T);
  runner.free(...copies);
  return result;
}
