import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decode, encode } from './dtype';
import { firstNonFinite } from './finite';

it.each(['F16', 'BF16', 'F32'])('finds what a decoder finds: %s', (dtype) => {
  const size = dtype === 'F32' ? 4 : 2;
  const raw = fc
    .uint8Array({ maxLength: 64 })
    .map((bytes) => bytes.slice(0, bytes.length - (bytes.length % size)));
  fc.assert(
    fc.property(raw, fc.integer({ min: 0, max: 3 }), (bytes, shift) => {
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      const expected = decode(bytes, dtype).findIndex((x) => !Number.isFinite(x));
      expect(firstNonFinite(shifted.subarray(shift), dtype)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

it.each(['F16', 'BF16', 'F32'])('finds one bad value at any place of a long tensor: %s', (dtype) => {
  const values = new Float32Array(20_001).fill(-1.5);
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (const at of [0, 1, 8191, 8192, 8193, 16_384, 19_999, 20_000]) {
      const spoilt = values.slice();
      spoilt[at] = bad;
      expect(firstNonFinite(encode(spoilt, dtype), dtype)).toBe(at);
    }
  }
  expect(firstNonFinite(encode(values, dtype), dtype)).toBe(-1);
});

it('passes every finite 16-bit pattern and stops at every other', () => {
  for (const [dtype, mask] of [
    ['F16', 0x7c00],
    ['BF16', 0x7f80],
  ] as const) {
    const wrong = [];
    for (let pattern = 0; pattern < 65_536; pattern++) {
      const found = firstNonFinite(new Uint8Array(Uint16Array.of(0, 0, pattern, 0).buffer), dtype);
      if (found !== ((pattern & mask) === mask ? 2 : -1)) wrong.push(pattern);
    }
    expect(wrong).toEqual([]);
  }
});

it('looks at F64 and not at whole numbers', () => {
  const doubles = Float64Array.of(1e308, 5e-324, -Infinity);
  expect(firstNonFinite(new Uint8Array(doubles.buffer), 'F64')).toBe(2);
  expect(firstNonFinite(new Uint8Array(16).fill(0xff), 'I64')).toBe(-1);
});
