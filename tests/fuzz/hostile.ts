import * as fc from 'fast-check';

/** Texts and numbers that break parsers, for any place where a text or a number is read. */

/** Names that lead out of a folder, or to another server. */
const PATHS = [
  '../model.safetensors',
  '..',
  '.',
  '/etc/passwd',
  'a/../../b',
  '..\\model.safetensors',
  'C:\\model.safetensors',
  'C:model.safetensors',
  'model.safetensors\u0000.txt',
  'https://example.org/model.safetensors',
  '//example.org/model.safetensors',
  'file:///etc/passwd',
  '%2e%2e%2fmodel.safetensors',
  '..%c0%afmodel',
  '%',
  'a?b=c#d',
];

/** Keys that objects inherit. */
const INHERITED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then'];

/** What would show as something else: markup, marks of direction, controls, halves of surrogate pairs. */
const SHOWN = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '[x](javascript:alert(1))',
  'a\u202etxt.exe',
  '\u2066hidden\u2069',
  '\u200f',
  'a\u0000b',
  '\u001b[31mred\u001b[0m',
  '\u009b31m',
  'a\r\nb',
  '\u2028',
  '\u0085',
  '\ud800',
  'a\udfff',
  '\ufeff',
  '😀',
  'e\u0301',
  'ﬀ',
];

const PLAIN = [
  '',
  ' ',
  'a',
  '0',
  '-1',
  'null',
  'NaN',
  'true',
  '{',
  '[',
  '"',
  "'",
  '\\',
  ':',
  '#',
  '***',
  '---',
];

const SHORT = [...PATHS, ...INHERITED, ...SHOWN, ...PLAIN];

/** Long runs, in which a search that begins again at every character takes forever. */
export const LONG_RUNS: readonly string[] = [
  'a',
  '1',
  ' ',
  '\n',
  '[',
  '"',
  "'",
  '-',
  '#',
  '\u00e9',
  '- ',
  '**a',
  '](',
  '%',
  '\\',
].map((part) => part.repeat(50_000));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 300, arbitrary: fc.constantFrom(...SHORT) },
  { weight: 100, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 100, arbitrary: fc.string({ maxLength: 8, unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG_RUNS) },
);

/** Whole numbers around the limits of the types that hold them. */
export const EDGES: readonly bigint[] = [8n, 16n, 31n, 32n, 53n, 63n, 64n]
  .flatMap((bits) => [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n])
  .concat([0n, 1n, 2n, 3n, 4n, 5n, 7n]);

/** Numbers as JSON or another language writes them, valid or not. */
const NUMBERS = [
  ...EDGES.map(String),
  '-0',
  '-1',
  '0.5',
  '-2147483648',
  '-9223372036854775808',
  '1e999',
  '-1e999',
  '5e-324',
  '1e308',
  '1e3',
  '1.0',
  'NaN',
  'Infinity',
  '-Infinity',
  '012',
  '0x10',
  '1_000',
  '1.',
  '.5',
  '+1',
  '1e',
  '9007199254740993',
  '0.1e-400',
];

export const hostileNumber: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.integer({ min: -2, max: 40 }).map(String) },
  { weight: 1, arbitrary: fc.double().map(String) },
);

/** Any finite or infinite number, often one at an edge. */
export const hostileValue: fc.Arbitrary<number> = hostileNumber.map(Number);

/** One of `arbitrary` in about one case of five, else null. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
