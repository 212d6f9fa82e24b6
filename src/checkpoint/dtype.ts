import { CheckpointError } from './errors';

/** Bytes per value of the dtypes of a checkpoint. Only F32, F16 and BF16 are decoded; others are copied. */
const BYTES_PER_VALUE: Readonly<Record<string, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  U32: 4,
  I32: 4,
  U64: 8,
  I64: 8,
};

/** Returns the bytes per value of `dtype`, or undefined if it is unknown. */
export function bytesPerValue(dtype: string): number | undefined {
  return Object.hasOwn(BYTES_PER_VALUE, dtype) ? BYTES_PER_VALUE[dtype] : undefined;
}

/**
 * Decodes little-endian bytes of `dtype` to float32, exactly (including NaN payloads).
 * @throws CheckpointError if the dtype is not F32, F16 or BF16, or the bytes are not a whole number of values.
 */
export function decode(bytes: Uint8Array, dtype: string): Float32Array {
  const size = checkDecodable(dtype);
  if (bytes.byteLength % size !== 0) {
    throw new CheckpointError(
      `expected a multiple of ${size} bytes for ${dtype}, got ${bytes.byteLength}. Fetch the file again.`,
    );
  }
  const count = bytes.byteLength / size;
  const values = new Float32Array(count);
  if (dtype === 'F32') {
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const bits = new Uint32Array(values.buffer);
  const { buffer, byteOffset } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const words = new Uint16Array(buffer, byteOffset, count);
  if (dtype === 'BF16') for (let i = 0; i < count; i++) bits[i] = (words[i] ?? 0) << 16;
  else for (let i = 0; i < count; i++) bits[i] = float32FromHalf(words[i] ?? 0);
  return values;
}

/**
 * Encodes float32 values as little-endian bytes of `dtype`, rounded to nearest, ties to even. Values too large for the dtype
 * become infinite; the writer refuses such bytes.
 * @throws CheckpointError if the dtype is not F32, F16 or BF16.
 */
export function encode(values: Float32Array, dtype: string): Uint8Array<ArrayBuffer> {
  checkDecodable(dtype);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (dtype === 'F32') return new Uint8Array(bits.slice().buffer);
  const words = new Uint16Array(bits.length);
  const half = dtype === 'BF16' ? bfloatFromFloat32 : halfFromFloat32;
  for (let i = 0; i < words.length; i++) words[i] = half(bits[i] ?? 0);
  return new Uint8Array(words.buffer);
}

function checkDecodable(dtype: string): number {
  if (dtype === 'F32') return 4;
  if (dtype === 'F16' || dtype === 'BF16') return 2;
  throw new CheckpointError(
    `expected weights in F32, F16 or BF16, got ${dtype}. Convert the checkpoint to one of those.`,
  );
}

function bfloatFromFloat32(bits: number): number {
  // NaN is not rounded: that could turn it into infinity or lose its payload.
  if ((bits & 0x7fffffff) > 0x7f800000) {
    const kept = bits >>> 16;
    return (kept & 0x7f) === 0 ? kept | 0x40 : kept;
  }
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function float32FromHalf(word: number): number {
  const sign = (word & 0x8000) << 16;
  const exponent = (word >>> 10) & 0x1f;
  let fraction = word & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction · 2⁻²⁴. Shift the leading one up to the implicit bit.
  const shift = Math.clz32(fraction) - 21;
  fraction = (fraction << shift) & 0x3ff;
  return sign | ((113 - shift) << 23) | (fraction << 13);
}

function halfFromFloat32(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200);
  const exponent = (magnitude >>> 23) - 112;
  if (exponent >= 0x1f) return sign | 0x7c00;
  if (exponent > 0) {
    // Rebias and round in one integer addition: the carry goes from fraction into exponent, up to infinity.
    const rounded = magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1);
    return sign | (rounded >>> 13);
  }
  // Subnormal result: value · 2²⁴ rounded. Values below half of the smallest subnormal become zero.
  const shift = 14 - exponent;
  if (shift > 24) return sign;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const halfway = 1 << (shift - 1);
  return sign | (kept + (rest > halfway || (rest === halfway && (kept & 1) === 1) ? 1 : 0));
}
