import type { CellAddress } from '../../recipe/view';
import type { Axis, DrawingColours } from './axis';
import { rotaryPartner } from './heads';
import type { Layout } from './layout';
import { BAND } from './layout';
import type { Pen } from './pen';
import type { Range, VisibleRegion } from './window';

const WHITE = 'rgb(255 255 255 / 82%)';
const SHADE = 'rgb(0 0 0 / 45%)';

/** From this cell size on (CSS pixels), lines run along the edges of the cell. */
const MIN_EDGED_CELL = 24;

/** The cell under the cursor and the places of its neurons' rotary partners. */
interface CursorMark {
  readonly place: CellAddress;
  readonly pinned: boolean;
  readonly partner: { readonly row?: number | undefined; readonly column?: number | undefined };
}

/** Draws crosshair, cell box, rotary partners (dashed) and the two indices on the axes. */
export function drawCursor(
  pen: Pen,
  { place, pinned, partner }: CursorMark,
  axes: { readonly rows: Axis; readonly columns: Axis },
  region: VisibleRegion,
  layout: Layout,
  colours: DrawingColours,
): void {
  const { left, top, side } = layout;
  const [right, bottom] = [left + side, top + side];
  const span = (range: Range, at: number) => {
    const per = side / (range.end - range.start);
    return { middle: (at + 0.5 - range.start) * per, cell: per };
  };
  const inside = (at: number) => at >= 0 && at <= side;
  const row = span(region.rows, place.row);
  const column = span(region.columns, place.column);

  const cross = (x1: number, y1: number, x2: number, y2: number, dash: readonly number[] = []) => {
    pen.line(x1, y1, x2, y2, { colour: SHADE, width: 2.5, dash });
    pen.line(x1, y1, x2, y2, { colour: WHITE, width: 1, dash });
  };
  // Through the middle of small cells, along both edges of large ones.
  const edges = ({ middle, cell }: { middle: number; cell: number }) =>
    (cell < MIN_EDGED_CELL ? [middle] : [middle - cell / 2, middle + cell / 2]).filter(inside);
  if (partner.row !== undefined)
    for (const y of edges(span(region.rows, partner.row))) cross(left, top + y, right, top + y, [3, 4]);
  if (partner.column !== undefined)
    for (const x of edges(span(region.columns, partner.column)))
      cross(left + x, top, left + x, bottom, [3, 4]);

  const box = {
    width: Math.max(7, column.cell),
    height: Math.max(7, row.cell),
  };
  const seenRow = inside(row.middle);
  const seenColumn = inside(column.middle);
  // The lines stop at the cell, so that nothing covers its colour.
  if (seenRow)
    for (const y of edges(row)) {
      cross(left, top + y, Math.max(left, left + column.middle - box.width / 2), top + y);
      cross(Math.min(right, left + column.middle + box.width / 2), top + y, right, top + y);
    }
  if (seenColumn)
    for (const x of edges(column)) {
      cross(left + x, top, left + x, Math.max(top, top + row.middle - box.height / 2));
      cross(left + x, Math.min(bottom, top + row.middle + box.height / 2), left + x, bottom);
    }
  if (seenRow && seenColumn) {
    const frame = {
      x: left + column.middle - box.width / 2,
      y: top + row.middle - box.height / 2,
      ...box,
    };
    pen.frame(frame, { colour: SHADE, width: pinned ? 5 : 3.5 });
    pen.frame(frame, { colour: pinned ? colours.pinned : '#ffffff', width: pinned ? 2.5 : 1.5 });
  }
  const colour = pinned ? colours.pinned : colours.selected;
  if (seenRow) badge(pen, 'left', axes.rows, place.row, row.middle, layout, colours, colour);
  if (seenColumn) badge(pen, 'top', axes.columns, place.column, column.middle, layout, colours, colour);
}

function badge(
  pen: Pen,
  side: 'left' | 'top',
  axis: Axis,
  place: number,
  along: number,
  { left, top }: Layout,
  colours: DrawingColours,
  colour: string,
): void {
  const words = String(axis.order?.[place] ?? place);
  const width = words.length * 6.6 + 8;
  const out = (axis.heads ? BAND : 0) + 1;
  const box =
    side === 'left'
      ? { x: left - out - width, y: top + along - 8, width, height: 16 }
      : { x: left + along - width / 2, y: top - out - 15, width, height: 15 };
  pen.rect(box, colour);
  pen.text(box.x + width / 2, box.y + box.height / 2 + 0.5, words, {
    size: 10.5,
    colour: colours.ground,
    align: 'middle',
    mono: true,
    bold: true,
  });
}

/** Finds the places of the rotary partners of a cell's two neurons. */
export function rotaryPartnersOf(
  cell: CellAddress,
  { rows, columns }: { readonly rows: Axis; readonly columns: Axis },
  placeOf: (cell: CellAddress) => CellAddress,
): CursorMark['partner'] {
  const row = rotaryPartner(cell.row, rows.heads);
  const column = rotaryPartner(cell.column, columns.heads);
  const place = placeOf({ row: row ?? cell.row, column: column ?? cell.column });
  return {
    row: row === undefined ? undefined : place.row,
    column: column === undefined ? undefined : place.column,
  };
}
