import { CheckpointError } from '../errors';
import type { ByteSource } from '../source';

/** A metadata value. Arrays of numbers are typed arrays, except those of 64-bit integers. */
export type GgufValue = string | number | boolean | NumberArray | readonly GgufValue[];

type NumberArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

export const AGAIN = 'The file is damaged or not complete: fetch it again.';

const MAX_NESTING = 4;
/** A vocabulary of 262,144 tokens takes about 8 MB. */
export const MAX_HEADER_BYTES = 64 * 2 ** 20;

/** The header continues after the bytes read so far. */
export class Short extends Error {}

/** Reads the values of a header one after the other. */
export class Reader {
  at = 0;
  readonly size: number;
  readonly #source: ByteSource;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(source: ByteSource, bytes: Uint8Array) {
    this.size = source.size;
    this.#source = source;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws Short if the bytes are still to be read. */
  take(length: number): Uint8Array {
    return this.#bytes.subarray(this.#advance(length), this.at);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Returns a number that is not exact above 2⁵³. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  text(): string {
    const bytes = this.take(this.u64());
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return this.fail(`expected UTF-8 text, got other bytes before ${this.at}. ${AGAIN}`);
    }
  }

  /** Reads how many entries of at least `least` bytes follow. */
  count(least: number, what: string): number {
    const count = this.u64();
    // Entries are parts of the header: a file of any size has no more of them.
    const most = Math.floor((Math.min(this.size, MAX_HEADER_BYTES) - this.at) / least);
    if (count > most) this.fail(`expected at most ${most} ${what}, got ${count}. ${AGAIN}`);
    return count;
  }

  /** @param type a `gguf_metadata_value_type`. */
  value(type: number, nesting: number): GgufValue {
    switch (type) {
      case 4:
        return this.u32();
      case 8:
        return this.text();
      case 9:
        return this.#array(nesting);
      case 10:
        return this.u64();
      case 11:
        return Number(this.#view.getBigInt64(this.#advance(8), true));
    }
    const value = this.#numbers(type, 1)?.[0];
    if (value === undefined)
      return this.fail(`expected metadata of types 0 to 12, got type ${type}. ${AGAIN}`);
    if (type === 7) return value !== 0;
    return type === 6 ? shortest(value) : value;
  }

  #array(nesting: number): GgufValue {
    if (nesting === MAX_NESTING)
      this.fail(`expected arrays in at most ${MAX_NESTING} arrays, got more. ${AGAIN}`);
    const type = this.u32();
    const count = this.count(LEAST_BYTES[type] ?? 1, 'entries of an array');
    return this.#numbers(type, count) ?? Array.from({ length: count }, () => this.value(type, nesting + 1));
  }

  /** Reads numbers of a fixed size; returns undefined for other types and 64-bit integers. */
  #numbers(type: number, count: number): NumberArray | undefined {
    const Kind = NUMBER_ARRAYS[type];
    if (Kind === undefined) return undefined;
    // A copy, because the bytes may be at any offset.
    return new Kind(this.take(count * Kind.BYTES_PER_ELEMENT).slice().buffer);
  }

  fail(problem: string): never {
    throw new CheckpointError(`${this.#source.name}: ${problem}`);
  }

  /** Returns the position before advancing. */
  #advance(length: number): number {
    if (!(length <= this.size - this.at)) {
      this.fail(`expected ${length} bytes at ${this.at}, got a file of ${this.size}. ${AGAIN}`);
    }
    if (this.at + length > this.#bytes.byteLength) throw new Short();
    this.at += length;
    return this.at - length;
  }
}

/** By `gguf_metadata_value_type`; 7 is a truth value of one byte. Typed arrays are little-endian wherever WebAssembly is. */
const NUMBER_ARRAYS: Readonly<Record<number, NumberArrayKind>> = {
  0: Uint8Array,
  1: Int8Array,
  2: Uint16Array,
  3: Int16Array,
  4: Uint32Array,
  5: Int32Array,
  6: Float32Array,
  7: Uint8Array,
  12: Float64Array,
};

interface NumberArrayKind {
  new (buffer: ArrayBuffer): NumberArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** Least bytes of an entry, by type. */
const LEAST_BYTES: Readonly<Record<number, number>> = {
  ...Object.fromEntries(Object.entries(NUMBER_ARRAYS).map(([type, kind]) => [type, kind.BYTES_PER_ELEMENT])),
  8: 8,
  9: 12,
  10: 8,
  11: 8,
};

/** Returns the shortest decimal number that is `value` in float32: 1e-5, not 9.999999747378752e-6. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
