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

/** The projections that write to the residual stream; a block in which they are zero is the identity. */
const OUTPUT_PROJECTIONS = ['self_attn.o_proj', 'mlp.down_proj'];

/** Whether a tensor (weight or bias, keyed as in `blockShapes`) writes to the residual stream. */
export const isOutput = (key: string): boolean =>
  OUTPUT_PROJECTIONS.some((name) => key.startsWith(`${name}.`));
