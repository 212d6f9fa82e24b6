/** Reads a GGUF file, version 2 or 3, by its published format (ggml-org/ggml:docs/gguf.md), with nothing of `src`. */

type Value = number | string | boolean | bigint | Value[];

interface StoredTensor {
  readonly name: string;
  /** Columns first, as in the file. */
  readonly sizes: readonly number[];
  /** A `ggml_type`. */
  readonly type: number;
  /** Offset of the first byte in the file. */
  readonly offset: number;
}

interface GgufContents {
  readonly metadata: ReadonlyMap<string, Value>;
  readonly tensors: readonly StoredTensor[];
  /** Where a number, the length of a text, or the text itself begins. */
  readonly places: readonly number[];
}

/** @throws Error if the file is not one. */
export function readGguf(file: Uint8Array): GgufContents {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const places: number[] = [];
  let at = 0;
  const take = (bytes: number): number => {
    places.push(at);
    if (at + bytes > file.length) throw new Error('the file ends early');
    at += bytes;
    return at - bytes;
  };
  const u32 = (): number => view.getUint32(take(4), true);
  const u64 = (): number => {
    const value = view.getBigUint64(take(8), true);
    if (value > BigInt(file.length) * 1000n) throw new Error(`a count of ${value}`);
    return Number(value);
  };
  const text = (): string => {
    const length = u64();
    const start = take(length);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      file.subarray(start, start + length),
    );
  };
  const value = (type: number): Value => {
    switch (type) {
      case 0:
        return view.getUint8(take(1));
      case 1:
        return view.getInt8(take(1));
      case 2:
        return view.getUint16(take(2), true);
      case 3:
        return view.getInt16(take(2), true);
      case 4:
        return u32();
      case 5:
        return view.getInt32(take(4), true);
      case 6:
        return view.getFloat32(take(4), true);
      case 7:
        return view.getUint8(take(1)) !== 0;
      case 8:
        return text();
      case 9: {
        const of = u32();
        return Array.from({ length: u64() }, () => value(of));
      }
      case 10:
        return Number(view.getBigUint64(take(8), true));
      case 11:
        return Number(view.getBigInt64(take(8), true));
      case 12:
        return view.getFloat64(take(8), true);
      default:
        throw new Error(`a value of type ${type}`);
    }
  };
  if (u32() !== 0x46554747) throw new Error('the file does not begin with GGUF');
  u32();
  const count = u64();
  const metadata = new Map<string, Value>();
  for (let left = u64(); left > 0; left--) {
    const key = text();
    metadata.set(key, value(u32()));
  }
  const listed = Array.from({ length: count }, () => {
    const name = text();
    const sizes = Array.from({ length: u32() }, u64);
    return { name, sizes, type: u32(), offset: u64() };
  });
  const alignment = Number(metadata.get('general.alignment') ?? 32);
  const start = Math.ceil(at / alignment) * alignment;
  return { metadata, places, tensors: listed.map((each) => ({ ...each, offset: start + each.offset })) };
}
