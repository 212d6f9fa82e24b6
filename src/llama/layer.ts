import type { Block } from './block';
import type { BlockHandle } from './block-handle';
import type { WeightSource } from './weights';

/** One block of a model: base block `index`, or a new block after base block `gap`. */
export type Layer =
  | { readonly kind: 'base'; readonly index: number }
  | { readonly kind: 'new'; readonly gap: number; readonly block: BlockHandle };

/** Calls `use` with a block's tensors, which are valid until `use` has ended. */
export async function withBlock<T>(
  weights: Pick<WeightSource, 'block' | 'release'>,
  layer: Layer,
  signal: AbortSignal | undefined,
  use: (block: Block) => T | Promise<T>,
): Promise<T> {
  const isNew = layer.kind === 'new';
  const block = await (isNew ? layer.block.acquire(signal) : weights.block(layer.index, signal));
  try {
    return await use(block);
  } finally {
    if (isNew) layer.block.release();
    else weights.release(layer.index);
  }
}
