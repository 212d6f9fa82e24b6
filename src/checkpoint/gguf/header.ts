import { CheckpointError } from '../errors';
import { refusePointerOrPage } from '../file-kind';
import { byteLength } from '../header';
import { show } from '../../legible';
import type { ByteSource } from '../source';
import { type BlockFormat, FORMATS, formatOf } from './formats';
import { AGAIN, type GgufValue, MAX_HEADER_BYTES, Reader, Short } from './reader';

/** A tensor in a GGUF file. */
export interface GgufTensor {
  /** As in the file, such as `blk.0.attn_q.weight`. */
  readonly name: string;
  readonly format: BlockFormat;
  /** Rows first, as in safetensors; the file has the reverse order. */
  readonly shape: readonly number[];
  /** Offset of the first byte in the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
}

const FIRST_BYTES = 2 ** 20;
const MAX_DIMENSIONS = 4;

/**
 * Reads and checks the header of a GGUF file, version 2 or 3, little-endian: metadata, then a list of tensors.
 * Source: ggml-org/ggml:docs/gguf.md. Counts and lengths are compared with the file's size before anything is made of them.
 * @throws CheckpointError naming the file and the problem; SourceError from the source.
 */
export async function readGgufHeader(source: ByteSource, signal?: AbortSignal): Promise<GgufHeader> {
  const most = Math.min(source.size, MAX_HEADER_BYTES);
  let bytes = new Uint8Array(0);
  for (let length = Math.min(FIRST_BYTES, most); ; length = Math.min(4 * length, most)) {
    const grown = new Uint8Array(length);
    grown.set(bytes);
    grown.set(await source.read(bytes.byteLength, length - bytes.byteLength, signal), bytes.byteLength);
    bytes = grown;
    try {
      return parse(source, bytes);
    } catch (error) {
      if (!(error instanceof Short)) throw error;
      if (length < most) continue;
      throw new CheckpointError(
        `${source.name}: expected a header of at most ${most} bytes, got one that goes on. ${AGAIN}`,
      );
    }
  }
}

function parse(source: ByteSource, bytes: Uint8Array): GgufHeader {
  refusePointerOrPage(source.name, bytes.subarray(0, 8), 'a GGUF file');
  const reader = new Reader(source, bytes);
  const magic = reader.take(4);
  if (String.fromCharCode(...magic) !== 'GGUF') {
    reader.fail(`expected a file that starts with GGUF, got bytes ${magic.join(' ')}. ${AGAIN}`);
  }
  const version = reader.u32();
  if (version !== 2 && version !== 3) {
    const came = version % 2 ** 16 === 0 ? 'a big-endian file' : `version ${version}`;
    reader.fail(
      `expected GGUF version 2 or 3, little-endian, got ${came}. Convert the model again with a current llama.cpp.`,
    );
  }
  const tensorCount = reader.count(24, 'tensors');
  const metadata = new Map<string, GgufValue>();
  for (let left = reader.count(13, 'metadata'); left > 0; left--) {
    const key = reader.text();
    if (metadata.has(key)) reader.fail(`expected every key once, got ${show(key)} twice. ${AGAIN}`);
    metadata.set(key, reader.value(reader.u32(), 0));
  }
  const entries = Array.from({ length: tensorCount }, () => tensorEntry(reader));
  const alignment = alignmentOf(reader, metadata.get('general.alignment') ?? 32);
  const dataStart = Math.ceil(reader.at / alignment) * alignment;
  const tensors = entries.map(({ offset, ...entry }) => ({ ...entry, offset: dataStart + offset }));
  checkPlaces(reader, tensors, dataStart, alignment);
  return { metadata, tensors };
}

function alignmentOf(reader: Reader, value: GgufValue): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 2 ** 20) return value;
  return reader.fail(`expected general.alignment to be a whole number, got ${show(value)}. ${AGAIN}`);
}

function tensorEntry(reader: Reader): GgufTensor {
  const name = reader.text();
  const what = `tensor ${show(name)}`;
  const dimensions = reader.u32();
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    reader.fail(`${what}: expected 1 to ${MAX_DIMENSIONS} dimensions, got ${dimensions}. ${AGAIN}`);
  }
  const shape = Array.from({ length: dimensions }, () => reader.u64()).toReversed();
  const type = reader.u32();
  const format = formatOf(type);
  if (!('values' in format)) {
    const names = FORMATS.map((known) => known.name).join(', ');
    reader.fail(
      `${what}: expected one of ${names}, got ${format.name}. Take a file of this model quantised in one of these.`,
    );
  }
  const row = shape.at(-1) ?? 0;
  if (row % format.values !== 0) {
    reader.fail(
      `${what}: expected rows of a multiple of ${format.values} values for ${format.name}, got ${row}. ${AGAIN}`,
    );
  }
  const bytes = (byteLength(shape, 1) / format.values) * format.bytes;
  return { name, format, shape, bytes, offset: reader.u64() };
}

function checkPlaces(
  reader: Reader,
  tensors: readonly GgufTensor[],
  dataStart: number,
  alignment: number,
): void {
  const names = new Set<string>();
  let end = dataStart;
  for (const { name, offset, bytes } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    const what = `tensor ${show(name)}`;
    if (names.has(name)) reader.fail(`expected every tensor once, got ${show(name)} twice. ${AGAIN}`);
    names.add(name);
    if (offset % alignment !== 0) {
      reader.fail(`${what}: expected data at a multiple of ${alignment} bytes, got ${offset}. ${AGAIN}`);
    }
    if (!(bytes > 0)) reader.fail(`${what}: expected values, got none. ${AGAIN}`);
    if (offset < end)
      reader.fail(`${what} overlaps the tensor before it: expected data one after the other. ${AGAIN}`);
    end = offset + bytes;
    if (!(end <= reader.size)) {
      reader.fail(`${what}: expected data within ${reader.size} bytes, got an end at ${end}. ${AGAIN}`);
    }
  }
}
