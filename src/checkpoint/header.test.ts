import { describe, expect, it } from 'vitest';
import { CheckpointError } from './errors';
import { readHeader } from './header';
import { duplicateKey } from './json';
import { memory, safetensors } from './testing';

const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const bytes = (length: number) => new Uint8Array(length);

it('gives tensors in file order with absolute offsets', async () => {
  const header = {
    b: entry(8, 16),
    __metadata__: { format: 'pt' },
    a: entry(0, 8, [1, 2]),
    none: entry(8, 8, [0, 5]),
  };
  const source = memory(safetensors(header, bytes(16)));
  const tensors = await readHeader(source);
  const start = source.size - 16;
  expect(tensors).toEqual([
    { name: 'a', dtype: 'F32', shape: [1, 2], offset: start, bytes: 8, file: 'model.safetensors', source },
    {
      name: 'none',
      dtype: 'F32',
      shape: [0, 5],
      offset: start + 8,
      bytes: 0,
      file: 'model.safetensors',
      source,
    },
    { name: 'b', dtype: 'F32', shape: [2], offset: start + 8, bytes: 8, file: 'model.safetensors', source },
  ]);
});

it('takes scalars, other known dtypes, trailing spaces in the header', async () => {
  const header = { s: entry(0, 4, []), i: entry(4, 20, [2], 'I64') };
  const file = safetensors(`${JSON.stringify(header)}     `, bytes(20));
  expect((await readHeader(memory(file))).map((tensor) => tensor.bytes)).toEqual([4, 16]);
});

it('reads a header of 60 bytes, whose length begins with the byte of <', async () => {
  const text = JSON.stringify({ s: entry(0, 4, []) }).padEnd(60);
  expect(text).toHaveLength(60);
  const tensors = await readHeader(memory(safetensors(text, bytes(4))));
  expect(tensors.map(({ name }) => name)).toEqual(['s']);
});

describe('names what is wrong with', () => {
  const duplicate =
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const cases: [what: string, file: Uint8Array, message: RegExp][] = [
    ['an empty file', bytes(0), /at least 8 bytes, got 0/],
    ['a length over the file', safetensors('{}', bytes(0), 3n), /header of 2 to 2 bytes, got a length of 3/],
    [
      'a length over every file',
      safetensors('{}', bytes(0), 2n ** 64n - 1n),
      /got a length of 18446744073709551615/,
    ],
    ['a length of 0', safetensors('{}', bytes(0), 0n), /got a length of 0/],
    [
      'an LFS pointer',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'),
      /git lfs pull/,
    ],
    ['a web page', new TextEncoder().encode('<!doctype html><title>404</title>'), /web page/],
    ['no JSON', safetensors('{"a":'), /expected JSON/],
    ['a list', safetensors('[]'), /starts with \{/],
    ['a byte order mark', safetensors('\ufeff{}'), /starts with \{, got byte 239/],
    ['no UTF-8', safetensors('{"a\u00ff"}').map((b) => (b === 0xc3 ? 0xff : b)), /UTF-8/],
    ['a name twice', safetensors(duplicate, bytes(4)), /"a" twice/],
    ['numbers as metadata', safetensors({ __metadata__: { format: 1 } }), /only strings.*got 1 for "format"/],
    ['a list as metadata', safetensors({ __metadata__: [] }), /object as __metadata__/],
    ['an entry that is none', safetensors({ a: null }), /"a": expected an object, got null/],
    ['an unsupported dtype', safetensors({ a: entry(0, 4, [4], 'F8_E4M3') }, bytes(4)), /got "F8_E4M3"/],
    [
      'an inherited property as dtype',
      safetensors({ a: entry(0, 4, [1], 'constructor') }, bytes(4)),
      /got "constructor"/,
    ],
    [
      'a dtype that is none',
      safetensors({ a: { shape: [], data_offsets: [0, 4] } }, bytes(4)),
      /a dtype, got nothing/,
    ],
    [
      'a negative dimension',
      safetensors({ a: entry(0, 4, [-1, -1]) }, bytes(4)),
      /whole numbers, got \[-1,-1\]/,
    ],
    ['half a dimension', safetensors({ a: entry(0, 4, [0.5, 2]) }, bytes(4)), /whole numbers/],
    ['an unsafe dimension', safetensors({ a: entry(0, 4, [2 ** 53]) }, bytes(4)), /whole numbers/],
    ['a product that overflows', safetensors({ a: entry(0, 0, [2 ** 40, 2 ** 40, 0]) }), /Infinity bytes/],
    [
      'three offsets',
      safetensors({ a: { dtype: 'F32', shape: [], data_offsets: [0, 4, 8] } }, bytes(4)),
      /two data offsets/,
    ],
    ['offsets that run backwards', safetensors({ a: entry(4, 0, [1]) }, bytes(4)), /within 0 … 4, got 4 … 0/],
    ['offsets after the end', safetensors({ a: entry(0, 8) }, bytes(4)), /within 0 … 4, got 0 … 8/],
    [
      'a shape that does not fit',
      safetensors({ a: entry(0, 8, [3]) }, bytes(8)),
      /expected 12 bytes for F32 \[3\], got 8/,
    ],
    ['an overlap', safetensors({ a: entry(0, 8), b: entry(4, 12) }, bytes(12)), /"b" overlaps/],
    ['a gap', safetensors({ a: entry(0, 4), b: entry(8, 12) }, bytes(12)), /"b" leaves 4 bytes unused/],
    ['a gap at the start', safetensors({ a: entry(4, 8) }, bytes(8)), /"a" leaves 4 bytes/],
    ['bytes after the last tensor', safetensors({ a: entry(0, 4) }, bytes(5)), /end with its last tensor/],
  ];
  it.each(cases)('%s', async (_, file, message) => {
    const failure = await readHeader(memory(file)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CheckpointError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).toMatch(/^model\.safetensors/);
  });
});

it('refuses a header over the cap without reading it', async () => {
  const reads: number[] = [];
  const start = safetensors('', new Uint8Array(0), 25_000_001n);
  const source = {
    name: 'model.safetensors',
    size: 1e9,
    read: async (_: number, length: number) => {
      reads.push(length);
      return start;
    },
  };
  await expect(readHeader(source)).rejects.toThrow(/2 to 25000000 bytes, got a length of 25000001/);
  expect(reads).toEqual([8]);
});

it('finds repeated keys at any depth and only those', () => {
  expect(duplicateKey('{"a":{"b":1,"c":[{"b":2},{"b":3}]},"b":"a"}')).toBeUndefined();
  expect(duplicateKey('{"a":[{"x":1,"y":"x:","\\u0078" :2}]}')).toBe('x');
  expect(duplicateKey('{"\\\\":1,"\\"":2,"\\\\":3}')).toBe('\\');
  expect(duplicateKey(`{"${'k'.repeat(5e6)}":"${'v'.repeat(5e6)}"}`)).toBeUndefined();
});
