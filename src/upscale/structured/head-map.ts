import type { Tensor } from '../../backend/operations';
import { type HeadLayout, range } from './heads';

/** For every head of a new tensor: its source head and the matrix that its dimensions are multiplied by. */
export interface HeadMap {
  readonly headDim: number;
  /** Head of the previous block for every head of the new one. */
  readonly source: Uint32Array;
  /** Per head of the new block a matrix `[headDim, headDim]`, multiplied from the left. Absent: the identity. */
  readonly maps?: readonly Tensor[];
}

/** Builds a head map from one matrix per key-value group, used for all heads of the group. */
export function headMap(
  { headDim, kvHeads }: HeadLayout,
  source: Uint32Array,
  groupMaps: readonly Tensor[] | undefined,
): HeadMap {
  if (!groupMaps) return { headDim, source };
  const size = source.length / kvHeads;
  return { headDim, source, maps: groupMaps.flatMap((map) => range(size).map(() => map)) };
}
