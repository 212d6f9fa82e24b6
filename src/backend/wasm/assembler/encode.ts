/** Bytes in the WebAssembly binary format (core specification, release 2.0, chapter 5, and the threads proposal). */
export type Code = readonly number[];

export const TYPE = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof TYPE;

/** Unsigned LEB128. */
export function uleb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function sleb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

export const float32 = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
export const float64 = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)];

/** A vector of the binary format: its length, then its items. */
export const vector = (items: readonly Code[]): number[] => [...uleb128(items.length), ...items.flat()];

export const section = (id: number, content: Code): number[] => [id, ...uleb128(content.length), ...content];

export const utf8 = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...uleb128(bytes.length), ...bytes];
};
