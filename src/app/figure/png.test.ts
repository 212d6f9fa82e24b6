import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32, describedPng } from './png';

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Reads the chunks of a PNG; checks every checksum with zlib. */
function chunksOf(png: Buffer): Chunk[] {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(zlib.crc32(png.subarray(at + 4, at + 8 + length)));
    chunks.push({ type: png.subarray(at + 4, at + 8).toString('latin1'), data });
    at += 12 + length;
  }
  return chunks;
}

/** One grey pixel. */
function pixel(): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(zlib.crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      chunk('IHDR', header),
      chunk('IDAT', zlib.deflateSync(Buffer.from([0, 128]))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

describe('a described PNG', () => {
  const texts = { Title: 'plan q', Description: 'ε = 0.06', Recipe: '{"a":"é"}' };
  const chunks = chunksOf(Buffer.concat(describedPng(pixel(), 300, texts)));

  it('keeps the picture, with what is said of it right behind the header', () => {
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'pHYs', 'tEXt', 'iTXt', 'tEXt', 'IDAT', 'IEND']);
    const data = chunks.find(({ type }) => type === 'IDAT')?.data ?? Buffer.alloc(0);
    expect([...zlib.inflateSync(data)]).toEqual([0, 128]);
  });

  it('is 300 dots to the inch: 11811 to the metre', () => {
    const { data } = chunks[1] ?? { data: Buffer.alloc(9) };
    expect([data.readUInt32BE(0), data.readUInt32BE(4), data[8]]).toEqual([11811, 11811, 1]);
  });

  it('writes Latin-1 as tEXt and all else as UTF-8 in iTXt', () => {
    expect(chunks[2]?.data.toString('latin1')).toBe('Title\0plan q');
    expect(chunks[3]?.data.toString('utf8')).toBe('Description\0\0\0\0\0ε = 0.06');
    expect(chunks[4]?.data.toString('latin1')).toBe('Recipe\0{"a":"é"}');
  });

  it('refuses what is no PNG', () => {
    expect(() => describedPng(new Uint8Array(40), 300, {})).toThrow(/PNG/);
  });
});

it('has the checksum that zlib has', () => {
  const bytes = Buffer.from('interlayer, one of two blocks');
  expect(crc32(bytes)).toBe(zlib.crc32(bytes));
});
