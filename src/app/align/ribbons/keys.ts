import type { CellAddress } from '../../../recipe/view';

/**
 * The pair that a key goes to: Down and Up to the next weaker and stronger, Home and End to the ends, Right and Left through
 * those that share the row or the column. `pairs` are by falling strength. Undefined for other keys and where there is none.
 */
export function stepRibbon<P extends CellAddress>(
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
