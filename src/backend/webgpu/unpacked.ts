import type { Tensor } from '../operations';
import { weightedSum } from './matrix';
import type { Runner } from './runner';

/** Hands `work` the tensors as f32, unpacked copies where they are packed. */
export function plain<T extends readonly Tensor[], Result>(
  runner: Runner,
  tensors: readonly [...T],
  work: (plain: T) => Result,
): Result {
  const copies: Tensor[] = [];
  const plain = tensors.map((tensor) => {
    if (tensor.dtype === 'f32') return tensor;
    const copy = weightedSum(runner, tensor, 1);
    copies.push(copy);
    return copy;
  });
  const result = work(plain as unknown as T);
  runner.free(...copies);
  return result;
}
