import { TensorCache } from '../../llama/tensor-cache';
import type { CacheKey, Workspace } from '../workspace/workspace';

const BYTES = 256 * 2 ** 20;

const derived: CacheKey<{ tensors?: TensorCache }> = {
  make: () => ({}),
  clear(held) {
    held.tensors?.free();
    delete held.tensors;
  },
};

/** Tensors made from the weights for one question about neurons, which may answer the next. */
export function derivedTensors(workspace: Workspace): TensorCache {
  const held = workspace.get(derived);
  held.tensors ??= new TensorCache(workspace.backend, BYTES);
  return held.tensors;
}
