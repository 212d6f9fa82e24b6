import type { PictureRequest } from '../../engine/jobs';
import type { Range, VisibleRegion } from './window';

type Window = NonNullable<PictureRequest['window']>;

/** A tile is this much wider than the visible region, so that panning a little needs no new one. */
const SLACK = 1.5;

/** Range of a tile on one axis: a power of two places around the visible ones, snapped to a grid so that it can be reused. */
function tileRange({ start, end }: Range, size: number, most: number): Range {
  const seen = Math.ceil(end) - Math.floor(start);
  let cells = 2 ** Math.ceil(Math.log2(SLACK * seen));
  // Prefer single cells to slack.
  if (seen <= most) cells = Math.min(cells, most);
  if (cells >= size) return { start: 0, end: size };
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, (cells - seen) / 2))));
  const from = Math.floor((Math.floor(start) - (cells - seen) / 2) / step) * step;
  const clamped = Math.max(0, Math.min(size - cells, from));
  return { start: clamped, end: clamped + cells };
}

/**
 * The window of the tile to fetch for the visible region; undefined if the picture of the whole matrix is as fine.
 * @param most maximum width and height of a picture in pixels.
 */
export function tileFor(
  region: VisibleRegion,
  size: { readonly rows: number; readonly columns: number },
  most: number,
): Window | undefined {
  if (size.rows <= most && size.columns <= most) return undefined;
  const rows = tileRange(region.rows, size.rows, most);
  const columns = tileRange(region.columns, size.columns, most);
  if (rows.end - rows.start === size.rows && columns.end - columns.start === size.columns) return undefined;
  return { rowStart: rows.start, rowEnd: rows.end, columnStart: columns.start, columnEnd: columns.end };
}
