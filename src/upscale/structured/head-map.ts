import type { Tensor } from '../../backend/operations';
import { type HeadLayout, range } from './heads';

/** Where every head of a new tensor comes from, and what its dimensions are multiplied by. */
export interface HeadMap {
  readonly headDim: number;
  /** Head of the previous block for every head of the new one. */
  readonly source: Uint32Array;
  /** Per head of the new block a matrix `[headDim, headDim]` applied from the left to its rows. Absent: they stay as they are. */
  readonly maps?: readonly Tensor[];
}

/** A map per key-value group, given to all of the group's heads; none where there are no maps. */
export function headMap(
  { headDim, kvHeads }: HeadLayout,
  source: Uint32Array,
  groupMaps: readonly Tensor[] | undefined,
): HeadMap {
  if (!groupMaps) return { headDim, source };
  const size = source.length / kvHeads;
  return { headDim, source, maps: groupMaps.flatMap((map) => range(size).map(() => map)) };
}
