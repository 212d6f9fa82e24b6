import { describe, expect, it } from 'vitest';
import { decode, encode } from './dtype';
import { CheckpointError } from './errors';

const ALL = Uint16Array.from({ length: 65_536 }, (_, i) => i);

/** Returns the value of a 16-bit pattern by the definition of the formats. */
function value(pattern: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const sign = pattern >= 0x8000 ? -1 : 1;
  const exponent = (pattern & 0x7fff) >> fractionBits;
  const fraction = (pattern & ((1 << fractionBits) - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** Returns the neighbouring float32 of `x` with larger (`step` 1) or smaller (−1) magnitude. */
function neighbour(x: number, step: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0] ?? 0) + step;
  return new Float32Array(bits.buffer)[0] ?? NaN;
}

function encodeAll(values: number[], dtype: string): Uint16Array {
  return new Uint16Array(encode(Float32Array.from(values), dtype).buffer);
}

describe.each([
  { dtype: 'F16', exponentBits: 5 },
  { dtype: 'BF16', exponentBits: 8 },
])('$dtype', ({ dtype, exponentBits }) => {
  it('decodes all 65,536 patterns to the values the format defines', () => {
    const values = decode(new Uint8Array(ALL.buffer), dtype);
    const wrong = [...ALL].filter((pattern) => !Object.is(values[pattern], value(pattern, exponentBits)));
    expect(wrong).toEqual([]);
  });

  it('encodes every decoded pattern to itself, NaN payloads included', () => {
    const back = encode(decode(new Uint8Array(ALL.buffer), dtype), dtype);
    expect(Buffer.from(back).equals(Buffer.from(ALL.buffer))).toBe(true);
  });

  it('rounds to nearest and ties to even, between all neighbouring values', () => {
    const infinity = exponentBits === 5 ? 0x7c00 : 0x7f80;
    // IEEE 754 rounds to infinity as if the step above the largest value were as wide as the one below it.
    const midpoints = Array.from({ length: infinity }, (_, p) => {
      const low = value(p, exponentBits);
      const high = p + 1 === infinity ? 2 * low - value(p - 1, exponentBits) : value(p + 1, exponentBits);
      return low / 2 + high / 2;
    });
    const ties = encodeAll(midpoints, dtype);
    const below = encodeAll(
      midpoints.map((x) => neighbour(x, -1)),
      dtype,
    );
    const above = encodeAll(
      midpoints.map((x) => -neighbour(x, 1)),
      dtype,
    );
    const wrong = midpoints.flatMap((_, p) =>
      ties[p] === (p % 2 === 0 ? p : p + 1) && below[p] === p && above[p] === p + 1 + 0x8000 ? [] : [p],
    );
    expect(wrong).toEqual([]);
  });

  it('keeps NaN a NaN, whatever the payload', () => {
    const bits = Uint32Array.of(0x7f800001, 0xffffffff, 0x7fc00000, 0xff801fff);
    const back = decode(encode(new Float32Array(bits.buffer), dtype), dtype);
    expect([...back]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('decodes bytes that start at an odd address', () => {
    const shifted = new Uint8Array(5);
    shifted.set(encode(Float32Array.of(1.5, -2), dtype), 1);
    expect([...decode(shifted.subarray(1), dtype)]).toEqual([1.5, -2]);
  });
});

it('F32 goes through unchanged and apart from its source', () => {
  const values = Float32Array.of(1, -0.1, 3e38);
  const bytes = encode(values, 'F32');
  bytes[3] = 0;
  expect(values[0]).toBe(1);
  expect([...decode(encode(values, 'F32'), 'F32')]).toEqual([...values]);
});

it('refuses other dtypes by name, and bytes that do not divide into values', () => {
  expect(() => decode(new Uint8Array(8), 'I64')).toThrow(/F32, F16 or BF16, got I64/);
  expect(() => encode(new Float32Array(1), 'F8_E4M3')).toThrow(/got F8_E4M3/);
  expect(() => decode(new Uint8Array(3), 'BF16')).toThrow(CheckpointError);
});
