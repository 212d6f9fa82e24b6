import type { Cell, CellRequest } from '../../engine/jobs';
import type { CellAddress } from '../../recipe/view';
import { shownHalfStep } from './align';
import type { Context } from './context';
import { patch } from './context';
import { notify } from './notices';
import { Pump } from './pump';
import type { AppState } from './state';

export interface CellState {
  /** The cell under the pointer or the keyboard cursor. A pinned cell (in the view) has precedence in the inspector. */
  readonly cursor?: CellAddress | undefined;
  readonly result?: Cell | undefined;
}

export const INITIAL_CELL: CellState = {};

/** The cell the inspector is about: the pinned one, else the one under the cursor. */
export function shownCell({ view, cell }: Pick<AppState, 'view' | 'cell'>): CellAddress | undefined {
  return view.cell ?? cell.cursor;
}

function wantedCell(state: AppState): CellRequest | undefined {
  const { align, view } = state;
  const address = shownCell(state);
  if (address === undefined || align.key === undefined || align.subject === undefined) return undefined;
  if (view.tab !== 'align' || align.phase !== 'ready') return undefined;
  if (address.row >= align.subject.rows || address.column >= align.subject.columns) return undefined;
  const request = { key: align.key, row: address.row, column: address.column };
  return align.result?.plan === 'entropic' ? { ...request, halfStep: shownHalfStep(state) } : request;
}

/** The cell cursor, the pin, and the numbers behind the cell. */
export function createCell({ engine, store }: Context) {
  const pump = new Pump<CellRequest, Cell>(
    (request) => engine.run('cell', request),
    (request, result) => {
      if (result !== undefined && request.key === store.getState().align.key)
        patch(store, 'cell', { result });
    },
  );

  store.subscribe(
    (state) => JSON.stringify(wantedCell(state)),
    () => pump.want(wantedCell(store.getState())),
  );

  // A finished solve with nothing under the cursor shows its surest pair, so that the inspector is never empty.
  store.subscribe(
    (state) => state.picture.order,
    (found) => {
      const state = store.getState();
      const { subject } = state.align;
      const address = shownCell(state);
      const inside = address && subject && address.row < subject.rows && address.column < subject.columns;
      const row = found?.order.rows[0];
      const column = found?.order.columns[0];
      if (!inside && row !== undefined && column !== undefined)
        patch(store, 'cell', { cursor: { row, column } });
    },
  );

  // A link may pin a cell that this tensor does not have.
  store.subscribe(
    (state) => state.align.result,
    (result) => {
      const { cell } = store.getState().view;
      if (result === undefined || cell === null || (cell.row < result.rows && cell.column < result.columns))
        return;
      patch(store, 'view', { cell: null });
      const size = `${result.rows} × ${result.columns}`;
      notify(
        store,
        'info',
        'The pinned cell was let go',
        `Cell ${cell.row}.${cell.column} is outside this ${size} matrix.`,
      );
    },
  );

  return {
    point(cursor: CellAddress): void {
      const before = store.getState().cell.cursor;
      if (before?.row !== cursor.row || before.column !== cursor.column) patch(store, 'cell', { cursor });
    },

    pin(address: CellAddress | undefined): void {
      patch(store, 'view', { cell: address ?? null });
      if (address !== undefined) patch(store, 'cell', { cursor: address });
    },

    unpin(): void {
      patch(store, 'view', { cell: null });
    },

    /** Goes to a cell and keeps the pin, if there is one, on it. */
    visit(address: CellAddress): void {
      patch(store, 'cell', { cursor: address });
      if (store.getState().view.cell !== null) patch(store, 'view', { cell: address });
    },
  };
}
