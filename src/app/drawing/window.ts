import type { CellAddress, MatrixWindow } from '../../recipe/view';

/** A half-open range of places; may be fractional. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The visible part of a matrix. Rows and columns have the same zoom. */
export interface VisibleRegion {
  readonly rows: Range;
  readonly columns: Range;
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Rows at maximum zoom. */
const MIN_ROWS = 4;

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
const round = (value: number) => Math.round(value * 1000) / 1000;

/** Moves and resizes a window so that it lies inside the matrix; null if it covers all of it. */
export function clampWindow(window: MatrixWindow, size: Size): MatrixWindow | null {
  const rows = clamp(window.rows, Math.min(MIN_ROWS, size.rows), size.rows);
  if (rows >= size.rows * 0.9999) return null;
  const columns = (rows * size.columns) / size.rows;
  return {
    row: round(clamp(window.row, 0, size.rows - rows)),
    column: round(clamp(window.column, 0, size.columns - columns)),
    rows: round(rows),
  };
}

/** The whole matrix as a window. */
const whole = (size: Size): MatrixWindow => ({ row: 0, column: 0, rows: size.rows });

export function visibleRegion(window: MatrixWindow | null, size: Size): VisibleRegion {
  const { row, column, rows } = (window && clampWindow(window, size)) ?? whole(size);
  const columns = (rows * size.columns) / size.rows;
  return { rows: { start: row, end: row + rows }, columns: { start: column, end: column + columns } };
}

/**
 * Zooms by `factor` (above 1 is closer) around the point `at`, which stays where it is.
 * @param at point of the window, 0 to 1 from its left and top.
 */
export function zoomWindow(
  window: MatrixWindow | null,
  factor: number,
  at: { readonly x: number; readonly y: number },
  size: Size,
): MatrixWindow | null {
  const { row, column, rows } = window ?? whole(size);
  const target = clamp(rows / factor, Math.min(MIN_ROWS, size.rows), size.rows);
  const gone = rows - target;
  return clampWindow(
    {
      row: row + gone * at.y,
      column: column + ((gone * size.columns) / size.rows) * at.x,
      rows: target,
    },
    size,
  );
}

/** Moves the window by fractions of its width (`x`) and height (`y`). */
export function panWindow(
  window: MatrixWindow | null,
  by: { readonly x: number; readonly y: number },
  size: Size,
): MatrixWindow | null {
  if (window === null) return null;
  const { row, column, rows } = window;
  const columns = (rows * size.columns) / size.rows;
  return clampWindow({ row: row + by.y * rows, column: column + by.x * columns, rows }, size);
}

/** Moves the window by the least amount that makes a place visible with some margin. */
export function revealPlace(
  window: MatrixWindow | null,
  place: CellAddress,
  size: Size,
): MatrixWindow | null {
  if (window === null) return null;
  const region = visibleRegion(window, size);
  const moved = (range: Range, at: number) => {
    const room = Math.min(2, (range.end - range.start - 1) / 2);
    if (at - room < range.start) return at - room;
    return at + 1 + room > range.end ? at + 1 + room - (range.end - range.start) : range.start;
  };
  return clampWindow(
    { row: moved(region.rows, place.row), column: moved(region.columns, place.column), rows: window.rows },
    size,
  );
}

/** Interpolates between two windows, `t` from 0 to 1; the size geometrically, so that the zoom looks even. */
export function interpolate(
  from: MatrixWindow | null,
  to: MatrixWindow | null,
  t: number,
  size: Size,
): MatrixWindow | null {
  if (t >= 1) return to;
  const [a, b] = [from ?? whole(size), to ?? whole(size)];
  const rows = a.rows * (b.rows / a.rows) ** t;
  // Keep the fixed point of the whole zoom fixed at every `t`.
  const share = a.rows === b.rows ? t : (a.rows - rows) / (a.rows - b.rows);
  return clampWindow(
    { row: a.row + (b.row - a.row) * share, column: a.column + (b.column - a.column) * share, rows },
    size,
  );
}
