import type { Tensor } from '../backend/operations';
import type { Block } from '../llama/block';
import { UpscaleError } from './errors';

/** @throws UpscaleError when the block has no such tensor. */
export function blockTensor(block: Block, key: string): Tensor {
  const tensor = block.get(key);
  if (tensor) return tensor;
  throw new UpscaleError(
    `expected a block with ${key}, got ${[...block.keys()].join(', ')}. Open a Llama-type model.`,
  );
}
