import type { LlamaConfig } from '../../llama/config';
import { UpscaleError } from '../block/errors';

/** Heads in the rows of q, k, v and columns of o. Group g has query heads g·s … g·s + s − 1 with s = `groupSize`. */
export type HeadLayout = Pick<LlamaConfig, 'heads' | 'kvHeads' | 'headDim'>;

/** Query heads per key-value head. */
export const groupSize = ({ heads, kvHeads }: HeadLayout): number => heads / kvHeads;

/** 0 … count − 1. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Query heads of a key-value group. */
export const headsOf = (layout: HeadLayout, group: number): number[] =>
  range(groupSize(layout)).map((slot) => group * groupSize(layout) + slot);

/** @throws UpscaleError for a head that the tensor does not have. */
export function checkHead(tensor: string, head: number, heads: number): void {
  if (Number.isInteger(head) && head >= 0 && head < heads) return;
  throw new UpscaleError(
    `${tensor}: expected a head from 0 to ${heads - 1}, got ${head}. Choose another one.`,
  );
}

/** Row indices of heads: heads [1, 0] with headDim 2 have rows 2, 3, 0, 1. */
export function headRows(heads: ArrayLike<number>, headDim: number): Uint32Array {
  return Uint32Array.from(
    { length: heads.length * headDim },
    (_, row) => (heads[Math.floor(row / headDim)] ?? 0) * headDim + (row % headDim),
  );
}
