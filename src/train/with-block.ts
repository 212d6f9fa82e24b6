import type { Block } from '../llama/block';
import type { Layer, LlamaModel } from '../llama/model';

/** Calls `use` with a block's tensors, which are valid until `use` has ended. */
export async function withBlock<T>(
  { weights }: LlamaModel,
  layer: Layer,
  signal: AbortSignal | undefined,
  use: (block: Block) => T | Promise<T>,
): Promise<T> {
  if (layer.kind === 'new') return use(layer.block);
  const block = await weights.block(layer.index, signal);
  try {
    return await use(block);
  } finally {
    weights.release(layer.index);
  }
}
