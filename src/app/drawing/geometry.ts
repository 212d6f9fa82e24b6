import type { CellAddress } from '../../recipe/view';
import type { Order } from './order';
import { inverseOrder } from './order';

/** Converts between matrix cells and their places (0 … rows, 0 … columns) in the picture. */
export interface Geometry {
  readonly rows: number;
  readonly columns: number;
  cellAt(place: CellAddress): CellAddress;
  placeOf(cell: CellAddress): CellAddress;
}

export function geometry(rows: number, columns: number, order: Order | undefined): Geometry {
  const rowPlaces = order && inverseOrder(order.rows);
  const columnPlaces = order && inverseOrder(order.columns);
  const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
  return {
    rows,
    columns,
    cellAt(place) {
      const row = clamp(place.row, rows);
      const column = clamp(place.column, columns);
      return { row: order?.rows[row] ?? row, column: order?.columns[column] ?? column };
    },
    placeOf(cell) {
      return { row: rowPlaces?.[cell.row] ?? cell.row, column: columnPlaces?.[cell.column] ?? cell.column };
    },
  };
}

/** From this cell size on (device pixels), cells are rounded down to whole pixels. */
const MIN_SNAPPED_CELL = 4;

/** Side of the picture in CSS pixels: as large as possible, with cells of whole device pixels if they are not tiny. */
export function pictureSide(room: number, cells: number, ratio: number): number {
  const perCell = Math.floor((room * ratio) / cells);
  return perCell >= MIN_SNAPPED_CELL ? (perCell * cells) / ratio : Math.floor(room);
}

/** Cells moved by an arrow key with Ctrl. */
const CTRL_STEP = 100;

/**
 * The place that an arrow, page, Home or End key moves to; undefined for other keys.
 * @param visibleRows a page is a quarter of them.
 */
export function placeAfterKey(
  place: CellAddress,
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey'>,
  { rows, columns }: Pick<Geometry, 'rows' | 'columns'>,
  visibleRows = rows,
): CellAddress | undefined {
  const step = event.ctrlKey ? CTRL_STEP : event.shiftKey ? 10 : 1;
  const page = Math.max(1, Math.round(visibleRows / 4));
  const moves: Readonly<Record<string, CellAddress>> = {
    ArrowUp: { row: place.row - step, column: place.column },
    ArrowDown: { row: place.row + step, column: place.column },
    ArrowLeft: { row: place.row, column: place.column - step },
    ArrowRight: { row: place.row, column: place.column + step },
    PageUp: { row: place.row - page, column: place.column },
    PageDown: { row: place.row + page, column: place.column },
    Home: { row: event.ctrlKey ? 0 : place.row, column: 0 },
    End: { row: event.ctrlKey ? rows - 1 : place.row, column: columns - 1 },
  };
  const next = moves[event.key];
  if (next === undefined) return undefined;
  return {
    row: Math.max(0, Math.min(rows - 1, next.row)),
    column: Math.max(0, Math.min(columns - 1, next.column)),
  };
}
