import type { ColourScale } from './colours';
import { VIRIDIS, logPixels } from './colours';
import type { MatchedOrder } from './order';

/** Values of a picture, row-major. */
export interface Grid {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Colours a grid into `out` (one pixel per value). With an `order`, display place (y, x) takes the value of row
 * `order.rows[y]`, column `order.columns[x]`.
 */
export function paintGrid(
  grid: Grid,
  scale: ColourScale,
  order: MatchedOrder | undefined,
  out: Uint32Array,
): void {
  const { values, width, height } = grid;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const table = scale.kind === 'log' ? logPixels(scale) : undefined;
  const factor = 255 / (scale.high - scale.low || 1);
  for (let y = 0; y < height; y++) {
    const from = (order === undefined ? y : (order.rows[y] ?? y)) * width;
    const to = y * width;
    for (let x = 0; x < width; x++) {
      const at = from + (order === undefined ? x : (order.columns[x] ?? x));
      if (table !== undefined) {
        out[to + x] = table[(bits[at] ?? 0) >>> 16] ?? 0;
      } else {
        const step = ((values[at] ?? 0) - scale.low) * factor + 0.5;
        out[to + x] = VIRIDIS[step <= 0 ? 0 : step >= 255 ? 255 : step | 0] ?? 0;
      }
    }
  }
}

/** Draws a grid on a canvas, one canvas pixel per value. */
export function drawGrid(
  canvas: HTMLCanvasElement,
  grid: Grid,
  scale: ColourScale,
  order: MatchedOrder | undefined,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  if (canvas.width !== grid.width || canvas.height !== grid.height) {
    canvas.width = grid.width;
    canvas.height = grid.height;
  }
  const image = context.createImageData(grid.width, grid.height);
  paintGrid(grid, scale, order, new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
}

/** Mass bars are drawn up to this mass; 1 is a met marginal. */
const MASS_LIMIT = 2;
/** Room for the bars beside the picture, in CSS pixels. */
export const MASS_DEPTH = 26;

/**
 * Draws the mass of rows or columns as bars along an edge: full thickness is mass 2, the line in the middle is 1, where the
 * marginal is met. Several neurons that share a pixel are averaged.
 */
export function drawMass(
  canvas: HTMLCanvasElement,
  mass: Float32Array | undefined,
  order: Uint32Array | undefined,
  edge: { readonly side: 'top' | 'right'; readonly length: number },
  colours: { bar: string; line: string },
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = devicePixelRatio || 1;
  const [length, depth] = [Math.round(edge.length * ratio), Math.round(MASS_DEPTH * ratio)];
  const [width, height] = edge.side === 'top' ? [length, depth] : [depth, length];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  context.clearRect(0, 0, width, height);
  if (mass === undefined || width === 0 || height === 0) return;
  const count = Math.min(mass.length, length);
  const thick = length / count;
  const gap = thick >= 3 * ratio ? ratio : 0;
  context.fillStyle = colours.bar;
  for (let bar = 0; bar < count; bar++) {
    const [from, to] = [
      Math.floor((bar * mass.length) / count),
      Math.floor(((bar + 1) * mass.length) / count),
    ];
    let sum = 0;
    for (let i = from; i < to; i++) sum += mass[order?.[i] ?? i] ?? 0;
    const size = Math.min(MASS_LIMIT, sum / Math.max(1, to - from)) * (depth / MASS_LIMIT);
    if (edge.side === 'top') context.fillRect(bar * thick, height - size, thick - gap, size);
    else context.fillRect(0, bar * thick, size, thick - gap);
  }
  context.fillStyle = colours.line;
  const one = Math.round(depth / MASS_LIMIT);
  if (edge.side === 'top') context.fillRect(0, height - one, width, Math.max(1, ratio / 2));
  else context.fillRect(one, 0, Math.max(1, ratio / 2), height);
}
