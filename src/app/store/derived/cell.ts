import type { CellAddress } from '../../../recipe/view';
import type { WithAlign } from '../state/align';
import type { WithCell } from '../state/cell';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView & WithCell;

/** The cell shown in the inspector: the pinned one, else the one under the cursor. */
export function shownCell({ view, cell }: WithView & WithCell): CellAddress | undefined {
  return view.cell ?? cell.cursor;
}

/** A pair of MLP units, in the gap on show. */
export interface UnitPair extends CellAddress {
  readonly gap: number;
}

/** The inspected pair, if its rows and columns are MLP units of the two blocks. */
export function shownUnits(state: Needs): UnitPair | undefined {
  const { subject } = state.align;
  const cell = shownCell(state);
  if (subject === undefined || cell === undefined || subject.against.kind !== 'next') return undefined;
  if (subject.tensor !== 'gate' && subject.tensor !== 'up') return undefined;
  return cell.row < subject.rows && cell.column < subject.columns ? { gap: subject.gap, ...cell } : undefined;
}
