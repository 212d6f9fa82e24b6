import type { DType } from '../../operations';

/** Numbers that a trial makes up, and their bytes as an operand holds them. */
export interface MadeUp {
  readonly values: Float32Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** More values repeat the first of them, because large trials are only timed. */
const DIFFERENT = 2 ** 16 - 17;

/** Makes up `count` numbers between −1 and 1 that bf16 and f16 hold exactly; zeros where `kept` is false. */
export function madeUp(
  count: number,
  dtype: DType,
  seed: number,
  kept: (index: number) => boolean = () => true,
): MadeUp {
  const values = new Float32Array(count);
  let state = seed;
  for (let i = 0; i < Math.min(count, DIFFERENT); i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    // Seven bits and a sign, which a bf16 holds.
    if (kept(i)) values[i] = (state >> 24) / 128;
  }
  for (let filled = DIFFERENT; filled < count; filled *= 2) values.copyWithin(filled, 0, count - filled);
  if (dtype === 'f32') return { values, bytes: bytesOf(values) };
  const pairs = new Uint16Array(2 * Math.ceil(count / 2));
  pairs.set(Uint16Array.from(values, packed(dtype)));
  return { values, bytes: bytesOf(pairs) };
}

export const bytesOf = (
  values: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Bits of numbers as `madeUp` makes them. */
function packed(dtype: DType): (value: number) => number {
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  return (value) => {
    single[0] = value;
    const word = bits[0] ?? 0;
    if (dtype === 'bf16') return word >>> 16;
    if (value === 0) return 0;
    const sign = (word >>> 16) & 0x8000;
    // The exponent's bias is 15 instead of 127.
    return sign | ((((word >>> 23) & 0xff) - 112) << 10) | ((word >>> 13) & 0x3ff);
  };
}
