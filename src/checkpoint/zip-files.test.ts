import { makeZip } from 'client-zip';
import { expect, it } from 'vitest';
import { CheckpointError } from './errors';
import { memory } from './testing';
import { ZipFiles } from './zip-files';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = async (files: readonly { name: string; input: string }[]): Promise<Uint8Array> =>
  new Uint8Array(await new Response(makeZip(files)).arrayBuffer());

const ZIP = await bytesOf([
  { name: 'deeper/config.json', input: '{}' },
  { name: 'other/config.json', input: 'other' },
  { name: 'deeper/Bär.md', input: '# Ä' },
]);

it('lists and reads the files of its folder', async () => {
  const files = await ZipFiles.open(memory(ZIP), 'deeper');
  expect(await files.list()).toEqual(['config.json', 'Bär.md']);
  const card = await files.open('Bär.md');
  expect(card?.size).toBe(4);
  expect(await card?.read(2, 2)).toEqual(utf8('Ä'));
  await expect(card?.read(2, 3)).rejects.toThrow(/Bär\.md/);
  expect(await files.open('none')).toBeUndefined();
});

it('refuses a zip that is cut, empty or compressed', async () => {
  for (let length = 0; length < ZIP.length; length += 7)
    await expect(ZipFiles.open(memory(ZIP.slice(0, length)), 'deeper')).rejects.toThrow(CheckpointError);
  const compressed = ZIP.slice();
  const entry = Buffer.from(compressed).indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  compressed[entry + 10] = 8;
  await expect(ZipFiles.open(memory(compressed), 'deeper')).rejects.toThrow(/without compression/);
});

/** Little-endian fields of 2, 4 or 8 bytes. */
function record(...fields: readonly [value: number, bytes: 2 | 4 | 8][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

it('reads sizes and offsets beyond 4 GiB (APPNOTE 4.3.9, 4.3.12, 4.3.14, 4.5.3)', async () => {
  const [size, header] = [5 * 2 ** 30, 6 * 2 ** 30];
  const name = utf8('d/big');
  const local = Buffer.concat([
    record([0x04034b50, 4], [0, 8], [0, 8], [0, 4], [0, 2], [name.length, 2], [4, 2]),
    name,
    utf8('xxxx'),
  ]);
  const data = header + local.length;
  const start = data + size;
  const directory = Buffer.concat([
    record(
      [0x02014b50, 4],
      [45, 2],
      [45, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [0, 4],
      [2 ** 32 - 1, 4],
      [2 ** 32 - 1, 4],
    ),
    record([name.length, 2], [28, 2], [0, 2], [0, 2], [0, 2], [0, 4], [2 ** 32 - 1, 4]),
    name,
    record([1, 2], [24, 2], [size, 8], [size, 8], [header, 8]),
  ]);
  const end64 = start + directory.length;
  const tail = Buffer.concat([
    directory,
    record(
      [0x06064b50, 4],
      [44, 8],
      [45, 2],
      [45, 2],
      [0, 4],
      [0, 4],
      [1, 8],
      [1, 8],
      [directory.length, 8],
      [start, 8],
    ),
    record([0x07064b50, 4], [0, 4], [end64, 8], [1, 4]),
    record(
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [65535, 2],
      [65535, 2],
      [2 ** 32 - 1, 4],
      [2 ** 32 - 1, 4],
      [0, 2],
    ),
  ]);
  const parts: readonly [at: number, bytes: Uint8Array][] = [
    [header, local],
    [data + size - 3, utf8('end')],
    [start, tail],
  ];
  const source = {
    name: 'big.zip',
    size: start + tail.length,
    read: async (offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      for (const [at, part] of parts)
        for (const [i, byte] of part.entries())
          if (at + i >= offset && at + i < offset + length) bytes[at + i - offset] = byte;
      return bytes;
    },
  };
  const big = await (await ZipFiles.open(source, 'd')).open('big');
  expect(big?.size).toBe(size);
  expect(await big?.read(size - 4, 4)).toEqual(utf8('\0end'));
});
