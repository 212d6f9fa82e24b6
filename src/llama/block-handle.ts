import type { Block } from './block';

/** A block whose tensors are on the device while somebody holds it. */
export interface BlockHandle {
  /** Returns the tensors. They are valid until `release` has been called once for each call. The caller must not free them. */
  acquire(signal?: AbortSignal): Promise<Block>;
  release(): void;
}

/** Returns a handle of a block that stays on the device for as long as the handle is used. */
export const residentBlock = (block: Block): BlockHandle => ({
  acquire: async () => block,
  release: () => undefined,
});
