import type { DType } from './operations';

function bf16(bytes: DataView, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = bytes.getUint16(2 * i, true) << 16;
  return new Float32Array(bits.buffer);
}

function f16(bytes: DataView, count: number): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const bits = bytes.getUint16(2 * i, true);
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    let value: number;
    if (exponent === 0) value = fraction * 2 ** -24;
    else if (exponent < 31) value = (1024 + fraction) * 2 ** (exponent - 25);
    else value = fraction === 0 ? Infinity : NaN;
    out[i] = bits & 0x8000 ? -value : value;
  }
  return out;
}

/** Decodes `count` little-endian numbers. bf16 and f16 become float32, which holds each of them exactly. */
export function decode(data: Uint8Array, dtype: DType, count: number): Float32Array | Uint32Array {
  const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (dtype === 'bf16') return bf16(bytes, count);
  if (dtype === 'f16') return f16(bytes, count);
  if (dtype === 'u32') {
    const out = new Uint32Array(count);
    for (let i = 0; i < count; i++) out[i] = bytes.getUint32(4 * i, true);
    return out;
  }
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = bytes.getFloat32(4 * i, true);
  return out;
}
