import { gapName } from '../../recipe/gap-name';
import type { Recipe } from '../../recipe/schema';
import { GapError } from '../block/errors';

/**
 * Returns the parents of a gap: its two neighbours, or the base blocks chosen by hand.
 * @throws GapError if a chosen block does not exist.
 */
export function parentsOf(
  gap: number,
  layers: number,
  byHand: Recipe['parents'],
): { previous: number; next: number } {
  const [previous, next] = byHand[gap] ?? [gap, gap + 1];
  for (const index of byHand[gap] ?? []) {
    if (!Number.isSafeInteger(index) || index < 0 || index >= layers) {
      throw new GapError(
        `expected parents of gap ${gapName(Number(gap))} from 0 to ${layers - 1}, got ${index}. Choose another base block.`,
      );
    }
  }
  return { previous, next };
}
