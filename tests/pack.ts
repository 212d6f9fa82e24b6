import type { DType } from '../src/backend/operations';

export interface Packed {
  /** The bytes in a file of that dtype. */
  readonly bytes: Uint8Array;
  /** The exact values of the bytes. */
  readonly values: Float64Array;
}

/** Returns bits and value of the half nearest to `x`, |x| < 65520. */
function half(x: number): [bits: number, value: number] {
  const size = Math.abs(x);
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
  const steps = Math.round(size / 2 ** (exponent - 10));
  const sign = x < 0 ? 0x8000 : 0;
  // Added, not or-ed, so that 2048 steps carry into the exponent; below 1024 steps the number is subnormal.
  return [sign | (steps + (exponent + 14) * 1024), Math.sign(x) * steps * 2 ** (exponent - 10)];
}

/** Rounds `source` to `dtype`. */
export function pack(source: Float64Array, dtype: Exclude<DType, 'u32'>): Packed {
  const single = Float32Array.from(source);
  if (dtype === 'f32') return { bytes: new Uint8Array(single.buffer), values: Float64Array.from(single) };
  const bits = new Uint16Array(source.length);
  const values = new Float64Array(source.length);
  if (dtype === 'bf16') {
    const words = new Uint32Array(single.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = (words[i] ?? 0) & 0xffff0000;
    values.set(single);
    for (let i = 0; i < bits.length; i++) bits[i] = (words[i] ?? 0) >>> 16;
  } else {
    source.forEach((x, i) => ([bits[i], values[i]] = half(x)));
  }
  return { bytes: new Uint8Array(bits.buffer), values };
}
