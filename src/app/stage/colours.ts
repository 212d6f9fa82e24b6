import { interpolateViridis } from 'd3-scale-chromatic';

/** The colour scale of a picture: values from `low` to `high`, everything outside takes the end colours. */
export interface ColourScale {
  readonly kind: 'log' | 'linear';
  readonly low: number;
  readonly high: number;
}

const STEPS = 256;

/** Viridis in 256 steps, as pixels of `ImageData` (little-endian ABGR). */
export const VIRIDIS: Uint32Array = Uint32Array.from({ length: STEPS }, (_, i) =>
  pixel(interpolateViridis(i / (STEPS - 1))),
);

function pixel(hex: string): number {
  const rgb = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Where a value lies on the scale, 0 to 1. */
export function position({ kind, low, high }: ColourScale, value: number): number {
  const t =
    kind === 'linear'
      ? (value - low) / (high - low || 1)
      : Math.log(Math.max(value, Number.MIN_VALUE) / low) / Math.log(high / low || Math.E);
  return Math.max(0, Math.min(1, t));
}

/** The value at a place on the scale; the inverse of `position` inside the range. */
export function valueAt({ kind, low, high }: ColourScale, t: number): number {
  return kind === 'linear' ? low + t * (high - low) : low * (high / low) ** t;
}

/**
 * Pixel by the upper 16 bits of a value's float32 bits, that is sign, exponent and seven binary digits. A logarithm per
 * pixel would cost a frame at 1024²; seven digits are finer than the 256 colours of a log scale.
 */
export function logPixels(scale: ColourScale): Uint32Array {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const table = new Uint32Array(1 << 16);
  for (let top = 0; top < table.length; top++) {
    bits[0] = (top << 16) | 0x8000;
    const value = float[0] ?? 0;
    const t = value > 0 ? position(scale, value) : 0;
    table[top] = VIRIDIS[Math.round(t * (STEPS - 1))] ?? 0;
  }
  return table;
}

/** A colour scale's gradient for the legend. */
export const VIRIDIS_GRADIENT = `linear-gradient(90deg, ${Array.from({ length: 9 }, (_, i) => interpolateViridis(i / 8)).join(', ')})`;
