import type { Block } from './block';
import type { BlockHandle } from './block-handle';
import type { LlamaConfig } from './config';
import type { LayerKind } from './layer-kinds';
import type { WeightSource } from './weights';

/** One block of a model: base block `index`, or a new block of the kind (see `LayerKind`) of base block `like`. */
export type Layer =
  | { readonly kind: 'base'; readonly index: number }
  | { readonly kind: 'new'; readonly like: number; readonly block: BlockHandle };

/** Returns the kind of a block. */
export function kindOf({ kinds }: Pick<LlamaConfig, 'kinds'>, layer: Layer): LayerKind {
  const like = layer.kind === 'base' ? layer.index : layer.like;
  const kind = kinds[like];
  if (kind) return kind;
  throw new RangeError(`expected a base block below ${kinds.length}, got ${like}`);
}

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
