import type { Recipe } from '../../recipe/schema';
import { GapError } from '../block/errors';

/**
 * The base blocks a new block is made from: those on both sides of its gap unless others were chosen by hand.
 * @throws GapError when a chosen one does not exist.
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
        `expected parents of gap ${gap} from 0 to ${layers - 1}, got ${index}. Choose another base block.`,
      );
    }
  }
  return { previous, next };
}
