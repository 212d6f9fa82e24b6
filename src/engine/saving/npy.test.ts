import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { littleEndian, npyHeader } from './npy';

test.each([
  ['matrix', [21, 34]],
  ['vector', [55]],
  ['two-rows', [2, 21]],
] as const)('a file is byte for byte the one that NumPy writes: %s', async (name, shape) => {
  const count = shape.reduce((product: number, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, i) => (i - 7) / 8);
  const file = Buffer.concat([npyHeader(shape), littleEndian(values)]);
  expect(file.equals(await readFile(`tests/fixtures/numpy/${name}.npy`))).toBe(true);
});
