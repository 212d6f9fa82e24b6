import { RequestError } from '../jobs/errors';
import type { PictureRequest } from '../jobs';

export interface Frame {
  readonly window: { rowStart: number; rowEnd: number; columnStart: number; columnEnd: number };
  readonly width: number;
  readonly height: number;
}

const MAX_PIXELS = 1024;

/**
 * Returns window and resolution of a picture request.
 * @throws RequestError for a window outside the matrix or a wrong number of pixels.
 */
export function frameOf(request: PictureRequest, rows: number, columns: number): Frame {
  const { maxPixels } = request;
  if (!(Number.isInteger(maxPixels) && maxPixels >= 1 && maxPixels <= MAX_PIXELS)) {
    throw new RequestError(
      `picture: expected 1 to ${MAX_PIXELS} pixels each way, got ${maxPixels}. Ask for fewer.`,
    );
  }
  const window = request.window ?? { rowStart: 0, rowEnd: rows, columnStart: 0, columnEnd: columns };
  checkRange('rows', window.rowStart, window.rowEnd, rows);
  checkRange('columns', window.columnStart, window.columnEnd, columns);
  return {
    window,
    width: Math.min(maxPixels, window.columnEnd - window.columnStart),
    height: Math.min(maxPixels, window.rowEnd - window.rowStart),
  };
}

/** Returns the frame of a whole matrix, one pixel per cell. */
export const wholeFrame = (rows: number, columns: number): Frame => ({
  window: { rowStart: 0, rowEnd: rows, columnStart: 0, columnEnd: columns },
  width: columns,
  height: rows,
});

function checkRange(what: string, start: number, end: number, size: number): void {
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (whole && start >= 0 && start < end && end <= size) return;
  throw new RequestError(
    `picture: expected a window of ${what} within 0 … ${size}, got ${start} … ${end}. Move it inside.`,
  );
}

/**
 * Draws a permutation, which is 1 at (row, assignment[row]) unless that is negative. Returns per pixel the maximum and the
 * mean of the cells it covers, the same cells as in `Backend.picture`.
 */
export function permutationPicture(
  assignment: Int32Array,
  { window, width, height }: Frame,
): { max: Float32Array; mean: Float32Array } {
  const max = new Float32Array(width * height);
  const mean = new Float32Array(width * height);
  const rows = window.rowEnd - window.rowStart;
  const columns = window.columnEnd - window.columnStart;
  for (let row = 0; row < rows; row++) {
    const column = (assignment[window.rowStart + row] ?? -1) - window.columnStart;
    if (column < 0 || column >= columns) continue;
    const [top, bottom] = pixelsOver(row, rows, height);
    const [left, right] = pixelsOver(column, columns, width);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        max[y * width + x] = 1;
        mean[y * width + x] =
          (mean[y * width + x] ?? 0) + 1 / (covers(y, rows, height) * covers(x, columns, width));
      }
    }
  }
  return { max, mean };
}

/** Returns per row of pixels the largest of `values` (by index) over the rows it covers, in the order of `places`. */
export function rowHighs(
  values: Float32Array,
  places: Uint32Array | undefined,
  { window, height }: Frame,
): Float32Array {
  const rows = window.rowEnd - window.rowStart;
  return Float32Array.from({ length: height }, (_, y) => {
    let high = -Infinity;
    const end = Math.ceil(((y + 1) * rows) / height);
    for (let row = Math.floor((y * rows) / height); row < end; row++) {
      const place = window.rowStart + row;
      high = Math.max(high, values[places?.[place] ?? place] ?? Number.NaN);
    }
    return high;
  });
}

/** Returns the half-open range of pixels that cover `cell`; two if `pixels` does not divide `cells` and a boundary falls inside. */
const pixelsOver = (cell: number, cells: number, pixels: number): readonly [number, number] => [
  Math.floor((cell * pixels) / cells),
  Math.ceil(((cell + 1) * pixels) / cells),
];

const covers = (pixel: number, cells: number, pixels: number): number =>
  Math.ceil(((pixel + 1) * cells) / pixels) - Math.floor((pixel * cells) / pixels);
