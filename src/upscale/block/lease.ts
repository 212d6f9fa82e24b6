import type { Block } from '../../llama/block';
import type { Weights } from '../../llama/weights';

/** Source of base blocks. */
export type BlockSource = Pick<Weights, 'config' | 'block' | 'release'>;

/** Base blocks that stay on the device until `release`, which may be called more than once. */
export interface BlockLease {
  readonly blocks: readonly Block[];
  release(): void;
}

/**
 * Loads base blocks, or `only` some of their tensors, and keeps them on the device until `release`. On failure none stays leased.
 */
export async function leaseBlocks(
  weights: BlockSource,
  indices: readonly number[],
  signal?: AbortSignal,
  only?: readonly string[],
): Promise<BlockLease> {
  const blocks: Block[] = [];
  const release = (): void => {
    for (const index of indices.slice(0, blocks.length)) weights.release(index, only);
    blocks.length = 0;
  };
  try {
    for (const index of indices) blocks.push(await weights.block(index, signal, only));
    return { blocks: [...blocks], release };
  } catch (error) {
    release();
    throw error;
  }
}
