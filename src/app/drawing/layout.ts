import type { Axis } from './axis';
import { pictureSide } from './geometry';

/** Margins around a picture for its axes, and the side of the square picture, in CSS pixels. */
export interface Layout {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly side: number;
}

/** Sizes in CSS pixels: axis title, numbers, a digit's width, band of heads, mass bars and the gap before them. */
export const TITLE = 16;
const NUMBER_HEIGHT = 14;
const DIGIT = 6.2;
export const BAND = 14;
export const MASS = 20;
export const MASS_GAP = 4;

/** Space for the numbers of an axis. */
export const numberDepth = (side: 'left' | 'top', size: number): number =>
  side === 'top' ? NUMBER_HEIGHT : Math.ceil(String(size - 1).length * DIGIT) + 8;

/** Fits a picture with its axes into the space `room`; `ratio` is device pixels per CSS pixel. */
export function layoutOf(
  room: { readonly width: number; readonly height: number },
  { rows, columns }: { readonly rows: Axis; readonly columns: Axis },
  ratio: number,
): Layout {
  const band = (axis: Axis) => (axis.heads ? BAND : 0);
  const left = TITLE + numberDepth('left', rows.size) + band(rows);
  const top = TITLE + numberDepth('top', columns.size) + band(columns);
  const around = MASS + MASS_GAP;
  const free = Math.min(room.width - left - around, room.height - top - around);
  const side = pictureSide(Math.max(64, free), Math.max(rows.size, columns.size), ratio);
  return { left, top, right: around, bottom: around, side };
}
