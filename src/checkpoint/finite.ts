/** Words per test of the combined flags; if they are set, the search starts again at these words. */
const STRIDE = 4096;

/**
 * Returns the index of the first NaN or infinity among the values of `dtype`, or −1. Tests exponent bits without decoding.
 * Returns −1 for dtypes without such values.
 */
export function firstNonFinite(bytes: Uint8Array, dtype: string): number {
  switch (dtype) {
    case 'BF16':
      return firstHalf(bytes, 0x7f80, 0x0080);
    case 'F16':
      return firstHalf(bytes, 0x7c00, 0x0400);
    case 'F32':
      return firstWord(bytes, 0x7f800000, 1, 0);
    case 'F64':
      return firstWord(bytes, 0x7ff00000, 2, 1);
    default:
      return -1;
  }
}

/** Tests two 16-bit values per word: an exponent of all ones plus its lowest bit carries into the cleared sign bit. */
function firstHalf(bytes: Uint8Array, mask: number, one: number): number {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  const halves = new Uint16Array(buffer, byteOffset, byteLength >>> 1);
  const words = new Int32Array(buffer, byteOffset, byteLength >>> 2);
  const mask2 = mask | (mask << 16);
  const one2 = one | (one << 16);
  for (let start = 0; start < words.length; start += STRIDE) {
    const end = Math.min(start + STRIDE, words.length);
    let carries = 0;
    for (let i = start; i < end; i++) carries |= (((words[i] ?? 0) & mask2) + one2) | 0;
    if ((carries & 0x80008000) !== 0) return search(halves, mask, 2 * start);
  }
  return search(halves, mask, 2 * words.length);
}

/** Tests the words `offset`, `offset + step`, …, which contain the exponents. */
function firstWord(bytes: Uint8Array, mask: number, step: number, offset: number): number {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  const words = new Int32Array(buffer, byteOffset, byteLength >>> 2);
  for (let i = offset; i < words.length; i += step) {
    if (((words[i] ?? 0) & mask) === mask) return (i - offset) / step;
  }
  return -1;
}

function search(halves: Uint16Array, mask: number, from: number): number {
  for (let i = from; i < halves.length; i++) if (((halves[i] ?? 0) & mask) === mask) return i;
  return -1;
}

function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}
