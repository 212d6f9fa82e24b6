import type { CellAddress } from '../../../recipe/view';

/**
 * Returns the pair that a key selects: Down and Up the next weaker and stronger, Home and End the strongest and weakest,
 * Right and Left a pair of the same row or column. `pairs` are strongest first. Undefined if there is none.
 */
export function pairAfterKey<P extends CellAddress>(
  pairs: readonly P[],
  from: CellAddress | undefined,
  key: string,
): P | undefined {
  const at = pairs.findIndex(({ row, column }) => row === from?.row && column === from.column);
  switch (key) {
    case 'ArrowDown':
      return pairs[Math.min(at + 1, pairs.length - 1)];
    case 'ArrowUp':
      return pairs[Math.max(at - 1, 0)];
    case 'Home':
      return pairs[0];
    case 'End':
      return pairs.at(-1);
    case 'ArrowRight':
    case 'ArrowLeft': {
      if (from === undefined) return pairs[0];
      const kin = pairs.filter(({ row, column }) => row === from.row || column === from.column);
      if (kin.length === 0) return pairs[0];
      const place = kin.findIndex(({ row, column }) => row === from.row && column === from.column);
      const step = key === 'ArrowRight' ? 1 : -1;
      return kin[(place < 0 ? 0 : place + step + kin.length) % kin.length];
    }
    default:
      return undefined;
  }
}
