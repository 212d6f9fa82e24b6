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

/** Returns the workspace's cache of tensors that jobs on neurons compute from the weights. */
export function derivedTensors(workspace: Workspace): TensorCache {
  const held = workspace.get(derived);
  held.tensors ??= new TensorCache(workspace.backend, BYTES);
  return held.tensors;
}
