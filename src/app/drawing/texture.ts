import type { ColourScale } from './colours';
import { colourOf, paint } from './colours';
import type { Range } from './window';

/** Values of a picture (row-major) and the places of the matrix they cover. */
export interface Grid {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly rows: Range;
  readonly columns: Range;
  /** Largest value of each row, by which a scale by row divides. */
  readonly rowHigh?: Float32Array | undefined;
}

/** How values that share a pixel are combined: the largest in magnitude, or the mean. */
export type Pooling = 'max' | 'mean';

/** Permutes a matrix: row y of the result is row `rows[y]`, column x is column `columns[x]`. */
export function reordered(
  values: Float32Array,
  width: number,
  { rows, columns }: { readonly rows: Uint32Array; readonly columns: Uint32Array },
): Float32Array {
  const out = new Float32Array(values.length);
  for (let y = 0; y < rows.length; y++) {
    const from = (rows[y] ?? 0) * width;
    const to = y * width;
    for (let x = 0; x < width; x++) out[to + x] = values[from + (columns[x] ?? 0)] ?? Number.NaN;
  }
  return out;
}

/** Divides every value by the largest of its row; rows of zeros stay zero. */
export function byRow({ values, width, height, rowHigh }: Grid): Float32Array {
  if (rowHigh === undefined) return values;
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    const factor = 1 / (rowHigh[y] || 1);
    for (let x = 0; x < width; x++) out[y * width + x] = (values[y * width + x] ?? Number.NaN) * factor;
  }
  return out;
}

/** Halves width and height; each value combines up to four. */
export function halved(
  { values, width, height }: Pick<Grid, 'values' | 'width' | 'height'>,
  pooling: Pooling,
): Pick<Grid, 'values' | 'width' | 'height'> {
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(height - 1, 2 * y + 1) * width;
    for (let x = 0; x < w; x++) {
      const left = 2 * x;
      const right = Math.min(width - 1, left + 1);
      const a = values[top + left] ?? 0;
      const b = values[top + right] ?? 0;
      const c = values[bottom + left] ?? 0;
      const d = values[bottom + right] ?? 0;
      out[y * w + x] = pooling === 'mean' ? (a + b + c + d) / 4 : larger(larger(a, b), larger(c, d));
    }
  }
  return { values: out, width: w, height: h };
}

const larger = (a: number, b: number) => (Math.abs(a) >= Math.abs(b) ? a : b);

interface Level {
  readonly grid: Pick<Grid, 'values' | 'width' | 'height'>;
  canvas?: HTMLCanvasElement | undefined;
}

/**
 * A grid as coloured pixels, with pooled copies (mipmaps) at half, quarter … size, made when first drawn. Without pooling, a
 * picture drawn smaller would lose single bright cells.
 */
export class Texture {
  readonly grid: Grid;
  readonly scale: ColourScale;
  readonly #pooling: Pooling;
  readonly #levels: Level[];

  constructor(grid: Grid, scale: ColourScale, pooling: Pooling) {
    this.grid = grid;
    this.scale = scale;
    this.#pooling = pooling;
    const values = scale.byRow ? byRow(grid) : grid.values;
    this.#levels = [{ grid: { values, width: grid.width, height: grid.height } }];
  }

  /** True if each value is one cell, that is not pooled. */
  get exact(): boolean {
    const { rows, columns, width, height } = this.grid;
    return rows.end - rows.start === height && columns.end - columns.start === width;
  }

  /** The value at a place; undefined outside. */
  valueAt(row: number, column: number): number | undefined {
    const { values, rows, columns, width, height } = this.grid;
    if (row < rows.start || row >= rows.end || column < columns.start || column >= columns.end)
      return undefined;
    const y = Math.floor(((row - rows.start) * height) / (rows.end - rows.start));
    const x = Math.floor(((column - columns.start) * width) / (columns.end - columns.start));
    return values[y * width + x];
  }

  /** The pixel of the value at a place. */
  colourAt(row: number, column: number): number {
    const value = this.valueAt(row, column) ?? Number.NaN;
    const { rowHigh, rows, height } = this.grid;
    if (!this.scale.byRow || rowHigh === undefined) return colourOf(this.scale, value);
    const y = Math.floor(((row - rows.start) * height) / (rows.end - rows.start));
    return colourOf(this.scale, value / (rowHigh[y] || 1));
  }

  /**
   * Draws the part in `region` into a box of the context, without smoothing.
   * @param box in pixels of the context.
   */
  draw(
    context: CanvasRenderingContext2D,
    region: { readonly rows: Range; readonly columns: Range },
    box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  ): void {
    const { rows, columns, width, height } = this.grid;
    const perRow = box.height / (region.rows.end - region.rows.start);
    const perColumn = box.width / (region.columns.end - region.columns.start);
    const pixelsPerValue = Math.min(
      (perRow * (rows.end - rows.start)) / height,
      (perColumn * (columns.end - columns.start)) / width,
    );
    const coarsest = Math.ceil(Math.log2(Math.max(width, height)));
    const level = Math.max(0, Math.min(coarsest, Math.ceil(-Math.log2(pixelsPerValue) - 1e-9)));
    const canvas = this.#level(level);
    if (canvas === undefined) return;
    const from = {
      row: Math.max(rows.start, region.rows.start),
      column: Math.max(columns.start, region.columns.start),
    };
    const to = {
      row: Math.min(rows.end, region.rows.end),
      column: Math.min(columns.end, region.columns.end),
    };
    if (from.row >= to.row || from.column >= to.column) return;
    const [yPer, xPer] = [
      height / (rows.end - rows.start) / 2 ** level,
      width / (columns.end - columns.start) / 2 ** level,
    ];
    context.imageSmoothingEnabled = false;
    context.drawImage(
      canvas,
      (from.column - columns.start) * xPer,
      (from.row - rows.start) * yPer,
      (to.column - from.column) * xPer,
      (to.row - from.row) * yPer,
      box.x + (from.column - region.columns.start) * perColumn,
      box.y + (from.row - region.rows.start) * perRow,
      (to.column - from.column) * perColumn,
      (to.row - from.row) * perRow,
    );
  }

  #level(index: number): HTMLCanvasElement | undefined {
    while (this.#levels.length <= index) {
      const last = this.#levels.at(-1);
      if (last === undefined) break;
      this.#levels.push({ grid: halved(last.grid, this.#pooling) });
    }
    const level = this.#levels[index];
    if (level === undefined) return undefined;
    level.canvas ??= painted(level.grid, this.scale);
    return level.canvas;
  }
}

type Values = Pick<Grid, 'values' | 'width' | 'height'>;

/** Draws values on a canvas, one pixel each. @returns false if the canvas has no context. */
export function drawGrid(
  canvas: HTMLCanvasElement,
  { values, width, height }: Values,
  scale: ColourScale,
): boolean {
  const context = canvas.getContext('2d');
  if (context === null) return false;
  [canvas.width, canvas.height] = [width, height];
  const image = context.createImageData(width, height);
  paint(values, scale, new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return true;
}

function painted(grid: Values, scale: ColourScale): HTMLCanvasElement | undefined {
  const canvas = document.createElement('canvas');
  return drawGrid(canvas, grid, scale) ? canvas : undefined;
}
