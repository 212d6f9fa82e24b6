import { decode } from '../dtype';

/** How a GGUF file stores values: in blocks, one after the other, that never cross rows. */
export interface BlockFormat {
  /** As ggml names it, for example `Q4_K`. */
  readonly name: string;
  /** `ggml_type` in the file. */
  readonly type: number;
  /** Values per block. */
  readonly values: number;
  /** Bytes per block. */
  readonly bytes: number;
  /** dtype of the values in safetensors. */
  readonly dtype: 'F32' | 'F16' | 'BF16';
  /** Decodes the block at `from[at]` into `to[out …]`; without it the bytes are values already. */
  readonly decode?: (from: Uint8Array, at: number, to: Float32Array, out: number) => void;
}

/** All float16 values by their bits. */
const HALVES = decode(new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).buffer), 'F16');

/** Reads a little-endian 16-bit word; bytes after the end are 0. */
const word = (from: Uint8Array, at: number): number => (from[at] ?? 0) | ((from[at + 1] ?? 0) << 8);
const half = (from: Uint8Array, at: number): number => HALVES[word(from, at)] ?? 0;
const signed = (byte: number): number => (byte << 24) >> 24;

/**
 * The formats that are read, decoded as llama.cpp does (ggml-org/llama.cpp:ggml/src/ggml-quants.c). Numbers are rounded to
 * float32 once, when they are stored, and that is exactly what float32 arithmetic gives: products of a float16 scale and
 * small integers have at most 24 significant bits, but in Q6_K, where the product is the last operation.
 */
export const FORMATS: readonly BlockFormat[] = [
  { name: 'F32', type: 0, values: 1, bytes: 4, dtype: 'F32' },
  { name: 'F16', type: 1, values: 1, bytes: 2, dtype: 'F16' },
  { name: 'BF16', type: 30, values: 1, bytes: 2, dtype: 'BF16' },
  fourOrFiveBits({ name: 'Q4_0', type: 2, minimum: false, fifth: false }),
  fourOrFiveBits({ name: 'Q4_1', type: 3, minimum: true, fifth: false }),
  fourOrFiveBits({ name: 'Q5_0', type: 6, minimum: false, fifth: true }),
  fourOrFiveBits({ name: 'Q5_1', type: 7, minimum: true, fifth: true }),
  {
    name: 'Q8_0',
    type: 8,
    values: 32,
    bytes: 34,
    dtype: 'F32',
    decode(from, at, to, out) {
      const scale = half(from, at);
      for (let i = 0; i < 32; i++) to[out + i] = scale * signed(from[at + 2 + i] ?? 0);
    },
  },
  superBlock({ name: 'Q4_K', type: 12, fifth: false }),
  superBlock({ name: 'Q5_K', type: 13, fifth: true }),
  {
    name: 'Q6_K',
    type: 14,
    values: 256,
    bytes: 210,
    dtype: 'F32',
    decode(from, at, to, out) {
      const scale = half(from, at + 208);
      for (let i = 0; i < 256; i++) {
        const [side, rest] = [i >> 7, i & 127];
        const low = ((from[at + 64 * side + (rest & 63)] ?? 0) >> (rest < 64 ? 0 : 4)) & 15;
        const high = ((from[at + 128 + 32 * side + (rest & 31)] ?? 0) >> (2 * (rest >> 5))) & 3;
        const part = signed(from[at + 192 + (i >> 4)] ?? 0);
        to[out + i] = scale * part * ((low | (high << 4)) - 32);
      }
    },
  },
];

/** 32 values q · scale + minimum, or (q − half range) · scale; fifth bits stand together before the nibbles. */
function fourOrFiveBits(kind: {
  readonly name: string;
  readonly type: number;
  readonly minimum: boolean;
  readonly fifth: boolean;
}): BlockFormat {
  const { name, type, minimum, fifth } = kind;
  const bits = minimum ? 4 : 2;
  const nibbles = bits + (fifth ? 4 : 0);
  const zero = fifth ? 16 : 8;
  return {
    name,
    type,
    values: 32,
    bytes: nibbles + 16,
    dtype: 'F32',
    decode(from, at, to, out) {
      const scale = half(from, at);
      const least = half(from, at + 2);
      const highs = fifth ? word(from, at + bits) | (word(from, at + bits + 2) << 16) : 0;
      for (let i = 0; i < 32; i++) {
        const byte = from[at + nibbles + (i & 15)] ?? 0;
        const q = (i < 16 ? byte & 15 : byte >> 4) | (((highs >>> i) & 1) << 4);
        to[out + i] = minimum ? q * scale + least : (q - zero) * scale;
      }
    },
  };
}

/** 256 values in 8 parts with a 6-bit scale and minimum each. */
function superBlock(kind: {
  readonly name: string;
  readonly type: number;
  readonly fifth: boolean;
}): BlockFormat {
  const { name, type, fifth } = kind;
  const nibbles = fifth ? 48 : 16;
  return {
    name,
    type,
    values: 256,
    bytes: nibbles + 128,
    dtype: 'F32',
    decode(from, at, to, out) {
      const [scale, least] = [half(from, at), half(from, at + 2)];
      for (let part = 0; part < 8; part++) {
        const [six, sixLeast] = partScale(from, at + 4, part);
        for (let i = 0; i < 32; i++) {
          const byte = from[at + nibbles + 32 * (part >> 1) + i] ?? 0;
          const high = fifth ? (((from[at + 16 + i] ?? 0) >> part) & 1) << 4 : 0;
          const q = ((part & 1) === 0 ? byte & 15 : byte >> 4) | high;
          to[out + 32 * part + i] = scale * six * q - least * sixLeast;
        }
      }
    },
  };
}

/** Unpacks the scale and minimum of one part: twelve bytes hold sixteen 6-bit numbers. */
function partScale(from: Uint8Array, at: number, part: number): [scale: number, minimum: number] {
  const byte = (index: number): number => from[at + index] ?? 0;
  if (part < 4) return [byte(part) & 63, byte(part + 4) & 63];
  const low = byte(part + 4);
  return [(low & 15) | ((byte(part - 4) >> 2) & 48), (low >> 4) | ((byte(part) >> 2) & 48)];
}

/** Names of formats that are not read, by `ggml_type`. */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

/** Returns the format of a `ggml_type`, or only a name for one that is not read. */
export function formatOf(type: number): BlockFormat | { readonly name: string } {
  const format = FORMATS.find((known) => known.type === type);
  return format ?? { name: OTHER_NAMES[type] ?? `type ${type}` };
}
