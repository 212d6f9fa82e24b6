import type { LlamaConfig } from '../../llama/config';
import { UpscaleError } from '../block/errors';

/** How the rows of q, k and v and the columns of o divide into heads. Group g's queries are heads g·s … g·s + s. */
export type HeadLayout = Pick<LlamaConfig, 'heads' | 'kvHeads' | 'headDim'>;

/** Query heads per key-value head. */
export const groupSize = ({ heads, kvHeads }: HeadLayout): number => heads / kvHeads;

/** 0 … count. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The query heads of a key-value group. */
export const headsOf = (layout: HeadLayout, group: number): number[] =>
  range(groupSize(layout)).map((slot) => group * groupSize(layout) + slot);

/** @throws UpscaleError for a head that the tensor does not have. */
export function checkHead(tensor: string, head: number, heads: number): void {
  if (Number.isInteger(head) && head >= 0 && head < heads) return;
  throw new UpscaleError(
    `${tensor}: expected a head from 0 to ${heads - 1}, got ${head}. Choose another one.`,
  );
}

/** The rows of heads, one head after the other: [1, 0] of dimension 2 are rows 2, 3, 0, 1. */
export function headRows(heads: ArrayLike<number>, headDim: number): Uint32Array {
  return Uint32Array.from(
    { length: heads.length * headDim },
    (_, row) => (heads[Math.floor(row / headDim)] ?? 0) * headDim + (row % headDim),
  );
}
