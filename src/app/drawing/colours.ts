import { blueYellow } from './diverging';
import { VIRIDIS_STEPS } from './viridis';

/**
 * The colour scale of a picture. Values outside `low` … `high` get the end colours. `log` is for positive values;
 * `signed-log` for both signs, with the middle colour for magnitudes up to `floor`.
 */
export interface ColourScale {
  readonly kind: 'log' | 'linear' | 'signed-log';
  /** `viridis-down` is dark at `high`, for distances: yellow means near in every picture of neurons. */
  readonly map: 'viridis' | 'viridis-down' | 'diverging';
  readonly low: number;
  readonly high: number;
  /** Only for `signed-log`: smallest magnitude with a colour. */
  readonly floor?: number;
  /** Values are first divided by the largest of their row. */
  readonly byRow?: true;
}

const STEPS = 256;

const sampled = (map: (t: number) => string): Uint32Array =>
  Uint32Array.from({ length: STEPS }, (_, i) => pixel(map(i / (STEPS - 1))));

function pixel(hex: string): number {
  const rgb = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Viridis in 256 steps, as pixels of `ImageData` (little-endian ABGR). */
export const VIRIDIS: Uint32Array = Uint32Array.from(VIRIDIS_STEPS, pixel);

/** Colour map of differences in 256 steps: dark blue is lowest, grey is zero, pale yellow is highest. */
export const DIVERGING: Uint32Array = sampled(blueYellow);

const MAPS = { viridis: VIRIDIS, 'viridis-down': VIRIDIS.toReversed(), diverging: DIVERGING } as const;

/** Position of a value on the scale, clamped to 0 … 1. */
export function position(scale: ColourScale, value: number): number {
  const t = unclamped(scale, value);
  return Math.max(0, Math.min(1, t));
}

function unclamped({ kind, low, high, floor = 0 }: ColourScale, value: number): number {
  if (kind === 'linear') return (value - low) / (high - low || 1);
  if (kind === 'log')
    return Math.log(Math.max(value, Number.MIN_VALUE) / low) / Math.log(high / low || Math.E);
  const size = Math.abs(value);
  if (size <= floor) return 0.5;
  return 0.5 + (Math.sign(value) * Math.log(size / floor)) / Math.log(high / floor) / 2;
}

/** The value at a position of the scale: the inverse of `position` within the range. */
export function valueAt({ kind, low, high, floor = 0 }: ColourScale, t: number): number {
  if (kind === 'linear') return low + t * (high - low);
  if (kind === 'log') return low * (high / low) ** t;
  const side = 2 * t - 1;
  return side === 0 ? 0 : Math.sign(side) * floor * (high / floor) ** Math.abs(side);
}

/** The pixel of a value. */
export function colourOf(scale: ColourScale, value: number): number {
  return MAPS[scale.map][Math.round(position(scale, value) * (STEPS - 1))] ?? 0;
}

/** `#rrggbb` of a pixel. */
export function hexOf(pixelValue: number): string {
  const channels = [pixelValue & 255, (pixelValue >> 8) & 255, (pixelValue >> 16) & 255];
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** CSS gradient of a colour map, for the legend. */
export function gradientOf(map: ColourScale['map']): string {
  const stops = Array.from({ length: 17 }, (_, i) => hexOf(MAPS[map][Math.round((i * 255) / 16)] ?? 0));
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

let cached: { readonly name: string; readonly table: Uint32Array } | undefined;

/**
 * Table of pixels indexed by the upper 16 bits of a float32: sign, exponent and seven mantissa bits, finer than the 256
 * colours of a log scale. A logarithm per pixel would take a whole frame at 1024².
 */
function logPixels(scale: ColourScale): Uint32Array {
  const name = JSON.stringify(scale);
  if (cached?.name === name) return cached.table;
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const table = new Uint32Array(1 << 16);
  for (let top = 0; top < table.length; top++) {
    bits[0] = (top << 16) | 0x8000;
    const value = float[0] ?? 0;
    const usable = scale.kind === 'signed-log' ? !Number.isNaN(value) : value > 0;
    table[top] = colourOf(scale, usable ? value : scale.low);
  }
  cached = { name, table };
  return table;
}

/** Converts values to pixels, one each. */
export function paint(values: Float32Array, scale: ColourScale, out: Uint32Array): void {
  if (scale.kind !== 'linear') {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const table = logPixels(scale);
    for (let i = 0; i < bits.length; i++) out[i] = table[(bits[i] ?? 0) >>> 16] ?? 0;
    return;
  }
  const map = MAPS[scale.map];
  const factor = (STEPS - 1) / (scale.high - scale.low || 1);
  for (let i = 0; i < values.length; i++) {
    const step = ((values[i] ?? 0) - scale.low) * factor + 0.5;
    out[i] = map[step <= 0 ? 0 : step >= STEPS - 1 ? STEPS - 1 : step | 0] ?? 0;
  }
}
