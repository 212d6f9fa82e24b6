import type { Cell } from '../../../engine/jobs';
import type { CellAddress } from '../../../recipe/view';

export interface CellState {
  /** The cell under the pointer or the keyboard cursor. A pinned cell (in the view) has precedence in the inspector. */
  readonly cursor?: CellAddress | undefined;
  readonly result?: Cell | undefined;
  /** The same cell in the second alignment, if that is on show. */
  readonly second?: Cell | undefined;
}

export interface WithCell {
  readonly cell: CellState;
}

export const INITIAL_CELL: CellState = {};
