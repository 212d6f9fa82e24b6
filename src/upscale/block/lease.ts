import type { Block } from '../../llama/block';
import type { Weights } from '../../llama/weights';

/** Where base blocks are read from. */
export type BlockSource = Pick<Weights, 'config' | 'block' | 'release'>;

/** Base blocks in use until `release`, which may be called more than once. */
export interface BlockLease {
  readonly blocks: readonly Block[];
  release(): void;
}

/** Takes base blocks into use, all or none. */
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
