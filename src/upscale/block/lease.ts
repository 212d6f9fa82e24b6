import type { Block } from '../../llama/block';
import type { Weights } from '../../llama/weights';

/** Source of base blocks. */
export type BlockSource = Pick<Weights, 'config' | 'block' | 'release'>;

/** Base blocks that stay on the device until `release`, which may be called more than once. */
export interface BlockLease {
  readonly blocks: readonly Block[];
  release(): void;
}

/** Loads base blocks and keeps them on the device until `release`. On failure none stays leased. */
export async function leaseBlocks(
  weights: BlockSource,
  indices: readonly number[],
  signal?: AbortSignal,
): Promise<BlockLease> {
  const blocks: Block[] = [];
  const release = (): void => {
    for (const index of indices.slice(0, blocks.length)) weights.release(index);
    blocks.length = 0;
  };
  try {
    for (const index of indices) blocks.push(await weights.block(index, signal));
    return { blocks: [...blocks], release };
  } catch (error) {
    release();
    throw error;
  }
}
