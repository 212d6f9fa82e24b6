import type { Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { UpscaleError } from './errors';

/** @throws UpscaleError if the block has no such tensor. */
export function blockTensor(block: Block, key: string): Tensor {
  const tensor = block.get(key);
  if (tensor) return tensor;
  throw new UpscaleError(
    `expected a block with ${key}, got ${[...block.keys()].join(', ')}. Open a Llama-type model.`,
  );
}

/**
 * Feature key of the outputs of a block's attention heads, `[tokens, heads·h]`. Features use it in place of the columns of
 * o_proj, because o_proj reads these outputs.
 */
export const HEAD_OUTPUTS = 'self_attn.heads';

/** Returns o_proj `[rows, heads·h]`, or `HEAD_OUTPUTS` if `block` holds features. @throws UpscaleError. */
export const headColumns = (block: Block): Tensor =>
  block.get(HEAD_OUTPUTS) ?? blockTensor(block, 'self_attn.o_proj.weight');

/** The projections that write to the residual stream. If both are zero, the block is the identity. */
const OUTPUT_PROJECTIONS = ['self_attn.o_proj', 'mlp.down_proj'];

/** True for a weight or bias (keyed as in `blockShapes`) of an output projection. */
export const isOutputProjection = (key: string): boolean =>
  OUTPUT_PROJECTIONS.some((name) => key.startsWith(`${name}.`));
