import { quantity } from '../words/numbers';
import type { Axis } from './axis';
import { MONO } from './pen';
import type { Texture } from './texture';
import type { Range, VisibleRegion } from './window';

/** Input of `drawCells`. */
export interface CellsScene {
  /** Drawn in this order, coarse to fine, so that finer ones cover coarser ones. */
  readonly textures: readonly Texture[];
  readonly region: VisibleRegion;
  readonly rows: Axis;
  readonly columns: Axis;
}

/** Minimum cell size in CSS pixels for borders, and for numbers. */
const BORDERS_FROM = 12;
const NUMBERS_FROM = 46;
/** In cells smaller than this (CSS pixels), lines are one device pixel thick. */
const SMALL_CELL = 8;

/**
 * Draws the cells of a picture into a square at the context's origin.
 * @param side of the square in pixels of the context, of which a CSS pixel has `ratio`.
 */
export function drawCells(
  context: CanvasRenderingContext2D,
  scene: CellsScene,
  side: number,
  ratio: number,
): void {
  const { textures, region } = scene;
  context.clearRect(0, 0, side, side);
  const box = { x: 0, y: 0, width: side, height: side };
  for (const texture of textures) texture.draw(context, region, box);
  if (textures.length === 0) return;
  const perRow = side / (region.rows.end - region.rows.start);
  const perColumn = side / (region.columns.end - region.columns.start);
  const cell = Math.min(perRow, perColumn) / ratio;
  const finest = textures.at(-1);
  if (cell >= BORDERS_FROM && finest?.exact) drawBorders(context, region, perRow, perColumn, side, ratio);
  for (const [axis, range, per, horizontal] of [
    [scene.rows, region.rows, perRow, true],
    [scene.columns, region.columns, perColumn, false],
  ] as const)
    drawBoundaries(context, axis, range, per, horizontal, side, ratio);
  if (cell >= NUMBERS_FROM && finest?.exact) drawNumbers(context, finest, region, perRow, perColumn, ratio);
}

function drawBorders(
  context: CanvasRenderingContext2D,
  { rows, columns }: VisibleRegion,
  perRow: number,
  perColumn: number,
  side: number,
  ratio: number,
): void {
  context.fillStyle = 'rgb(0 0 0 / 28%)';
  const width = Math.max(1, Math.round(ratio));
  for (let row = Math.ceil(rows.start); row <= rows.end; row++)
    context.fillRect(0, Math.round((row - rows.start) * perRow - width / 2), side, width);
  for (let column = Math.ceil(columns.start); column <= columns.end; column++)
    context.fillRect(Math.round((column - columns.start) * perColumn - width / 2), 0, width, side);
}

/** Draws lines between heads, stronger ones between KV groups, and dashed ones between rotary halves. Only by index. */
function drawBoundaries(
  context: CanvasRenderingContext2D,
  { heads, order, size }: Axis,
  range: Range,
  per: number,
  horizontal: boolean,
  side: number,
  ratio: number,
): void {
  if (heads === undefined || order !== undefined) return;
  const line = (place: number, style: string, pixels: number, dash = side) => {
    if (place <= range.start || place >= range.end || place >= size) return;
    // Lines cover at most one pixel of small cells.
    const width = per < SMALL_CELL * ratio ? 1 : Math.max(1, Math.round(pixels * ratio));
    const at = Math.round((place - range.start) * per - width / 2);
    context.fillStyle = style;
    for (let from = 0; from < side; from += 3 * dash) {
      if (horizontal) context.fillRect(from, at, dash, width);
      else context.fillRect(at, from, width, dash);
    }
  };
  for (let head = 0; head < heads.count; head++) {
    const start = head * heads.headDim;
    const group = head > 0 && heads.group(head) !== heads.group(head - 1);
    line(start, group ? 'rgb(255 255 255 / 85%)' : 'rgb(255 255 255 / 45%)', group ? 2 : 1);
    if (heads.rotary) line(start + heads.headDim / 2, 'rgb(255 255 255 / 45%)', 1, 2 * ratio);
  }
}

function drawNumbers(
  context: CanvasRenderingContext2D,
  texture: Texture,
  { rows, columns }: VisibleRegion,
  perRow: number,
  perColumn: number,
  ratio: number,
): void {
  // Eight characters, such as 7.4·10⁻⁴, fit in a cell.
  const size = Math.min(13 * ratio, Math.min(perRow, perColumn) / 5.2);
  context.font = `${size}px ${MONO}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = Math.floor(rows.start); row < rows.end; row++) {
    for (let column = Math.floor(columns.start); column < columns.end; column++) {
      const value = texture.valueAt(row, column);
      if (value === undefined) continue;
      context.fillStyle = isPale(texture.colourAt(row, column)) ? '#111' : '#fff';
      context.fillText(
        quantity(value, 2),
        (column + 0.5 - columns.start) * perColumn,
        (row + 0.5 - rows.start) * perRow,
      );
    }
  }
}

/** True if dark text has more contrast on this pixel than white text (WCAG relative luminance). */
function isPale(pixel: number): boolean {
  const linear = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = linear;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2;
}
