import type { Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { UpscaleError } from './errors';

/** @throws UpscaleError when the block has no such tensor. */
export function blockTensor(block: Block, key: string): Tensor {
  const tensor = block.get(key);
  if (tensor) return tensor;
  throw new UpscaleError(
    `expected a block with ${key}, got ${[...block.keys()].join(', ')}. Open a Llama-type model.`,
  );
}

/**
 * Key under which features of a block have what its attention heads put out, `[tokens, heads·h]`: it stands for the columns
 * of o_proj, which read it.
 */
export const HEAD_OUTPUTS = 'self_attn.heads';

/** `[rows, heads·h]`: o_proj, or what stands for its columns among features of a block. @throws UpscaleError. */
export const headColumns = (block: Block): Tensor =>
  block.get(HEAD_OUTPUTS) ?? blockTensor(block, 'self_attn.o_proj.weight');

/** The projections that write to the residual stream; a block in which they are zero is the identity. */
const OUTPUT_PROJECTIONS = ['self_attn.o_proj', 'mlp.down_proj'];

/** Whether a tensor (weight or bias, keyed as in `blockShapes`) writes to the residual stream. */
export const isOutput = (key: string): boolean =>
  OUTPUT_PROJECTIONS.some((name) => key.startsWith(`${name}.`));
