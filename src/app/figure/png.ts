const SIGNATURE = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 as in PNG (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A PNG chunk: length, four letters, data, checksum of letters and data. */
function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A `tEXt` chunk if Latin-1 can encode the text, else `iTXt` (UTF-8). */
function textChunk(keyword: string, text: string): Uint8Array<ArrayBuffer> {
  // oxlint-disable-next-line no-control-regex
  if (/^[\n\u0020-\u007e\u00a0-\u00ff]*$/.test(text)) return chunk('tEXt', latin1(`${keyword}\0${text}`));
  const head = latin1(`${keyword}\0\0\0\0\0`);
  const body = new TextEncoder().encode(text);
  const data = new Uint8Array(head.length + body.length);
  data.set(head);
  data.set(body, head.length);
  return chunk('iTXt', data);
}

/** The `pHYs` chunk: pixels per metre in both directions. */
function densityChunk(dpi: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const perMetre = Math.round(dpi / 0.0254);
  view.setUint32(0, perMetre);
  view.setUint32(4, perMetre);
  data[8] = 1;
  return chunk('pHYs', data);
}

/**
 * Inserts print resolution and texts into a PNG file, after its header. @returns the parts of the new file.
 * @param texts by keyword (1 to 79 Latin-1 letters, PNG specification 11.3.4.2).
 * @throws Error if the bytes are not a PNG file.
 */
export function describedPng(
  png: Uint8Array<ArrayBuffer>,
  dpi: number,
  texts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer>[] {
  const header = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.length < SIGNATURE + 12 || header.getUint32(0) !== 0x89504e47)
    throw new Error('The browser was asked for a PNG and gave something else. Save as SVG instead.');
  const end = SIGNATURE + 12 + header.getUint32(SIGNATURE);
  return [
    png.subarray(0, end),
    densityChunk(dpi),
    ...Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text)),
    png.subarray(end),
  ];
}
