import { bytesPerValue } from './dtype';
import { CheckpointError } from './errors';
import { refusePointerOrPage } from './file-kind';
import { decodeText, isRecord, parseJson, duplicateKey } from './json';
import { show } from '../legible';
import type { ByteSource } from './source';

/** A tensor in a safetensors file. */
export interface TensorInfo {
  readonly name: string;
  /** As in the file: `F32`, `F16`, `BF16`, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offset of the first byte in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Name of the file. */
  readonly file: string;
  readonly source: ByteSource;
}

/** Limit of the safetensors format; a larger length means that the file is not safetensors. */
const MAX_HEADER_BYTES = 25_000_000;
const OPENING_BRACE = 0x7b;
const AGAIN = 'The file is damaged or not complete: fetch it again.';

/**
 * Reads and checks the header of a safetensors file: 8 bytes of length, then JSON, then data without overlap or gap up to the
 * end of the file. Two range reads.
 * @returns the tensors in the order of their data.
 * @throws CheckpointError naming the file and the problem; SourceError from the source.
 */
export async function readHeader(source: ByteSource, signal?: AbortSignal): Promise<TensorInfo[]> {
  const dataStart = 8 + (await headerLength(source, signal));
  const bytes = await source.read(8, dataStart - 8, signal);
  if (bytes[0] !== OPENING_BRACE) {
    fail(source, `expected a header that starts with {, got byte ${bytes[0]}. ${AGAIN}`);
  }
  const text = decodeText(bytes, `${source.name}: header`);
  const header = parseJson(text, `${source.name}: header`);
  if (!isRecord(header)) fail(source, `expected a JSON object as the header, got ${show(header)}. ${AGAIN}`);
  const repeated = duplicateKey(text);
  if (repeated !== undefined) {
    fail(
      source,
      `expected every name once in the header, got ${show(repeated)} twice. Write the file again.`,
    );
  }
  const tensors: TensorInfo[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') checkMetadata(source, entry);
    else tensors.push(parseEntry(source, dataStart, name, entry));
  }
  // At equal offsets empty tensors come first, so that `checkCover` sees no overlap.
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  checkCover(source, dataStart, tensors);
  return tensors;
}

async function headerLength(source: ByteSource, signal: AbortSignal | undefined): Promise<number> {
  if (source.size < 8) {
    fail(source, `expected a safetensors file of at least 8 bytes, got ${source.size}. ${AGAIN}`);
  }
  const start = await source.read(0, 8, signal);
  refusePointerOrPage(source.name, start, 'a safetensors file');
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, source.size - 8);
  if (length < 2n || length > BigInt(most)) {
    fail(source, `expected a header of 2 to ${most} bytes, got a length of ${length}. ${AGAIN}`);
  }
  return Number(length);
}

function checkMetadata(source: ByteSource, metadata: unknown): void {
  if (!isRecord(metadata))
    fail(source, `expected an object as __metadata__, got ${show(metadata)}. Write the file again.`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      fail(
        source,
        `expected only strings in __metadata__, got ${show(value)} for ${show(key)}. Write the file again.`,
      );
    }
  }
}

function parseEntry(source: ByteSource, dataStart: number, name: string, entry: unknown): TensorInfo {
  const what = `tensor ${show(name)}`;
  if (!isRecord(entry)) fail(source, `${what}: expected an object, got ${show(entry)}. ${AGAIN}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') fail(source, `${what}: expected a dtype, got ${show(dtype)}. ${AGAIN}`);
  const size = bytesPerValue(dtype);
  if (size === undefined) {
    fail(
      source,
      `${what}: expected dtype F32, F16 or BF16, got ${show(dtype)}. Quantised checkpoints are not read: take the model's original weights.`,
    );
  }
  if (!isCounts(shape))
    fail(source, `${what}: expected a shape of whole numbers, got ${show(shape)}. ${AGAIN}`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    fail(source, `${what}: expected two data offsets, got ${show(offsets)}. ${AGAIN}`);
  }
  const [begin = 0, end = 0] = offsets;
  const available = source.size - dataStart;
  if (begin > end || end > available) {
    fail(source, `${what}: expected data offsets within 0 … ${available}, got ${begin} … ${end}. ${AGAIN}`);
  }
  const bytes = byteLength(shape, size);
  if (bytes !== end - begin) {
    fail(
      source,
      `${what}: expected ${bytes} bytes for ${dtype} [${shape.join(', ')}], got ${end - begin}. ${AGAIN}`,
    );
  }
  return { name, dtype, shape, offset: dataStart + begin, bytes, file: source.name, source };
}

/** Returns the bytes of a tensor, or Infinity above the safe integers. */
export function byteLength(shape: readonly number[], size: number): number {
  let bytes = size;
  for (const dimension of shape) {
    bytes *= dimension;
    if (!Number.isSafeInteger(bytes)) return Infinity;
  }
  return bytes;
}

function checkCover(source: ByteSource, dataStart: number, tensors: readonly TensorInfo[]): void {
  let end = dataStart;
  for (const { name, offset, bytes } of tensors) {
    if (offset !== end) {
      const problem =
        offset < end ? 'overlaps the tensor before it' : `leaves ${offset - end} bytes unused before it`;
      fail(source, `tensor ${show(name)} ${problem}: expected data one after the other. ${AGAIN}`);
    }
    end += bytes;
  }
  if (end !== source.size) {
    fail(
      source,
      `expected the file to end with its last tensor at ${end} bytes, got ${source.size}. ${AGAIN}`,
    );
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0));
}

function fail(source: ByteSource, problem: string): never {
  throw new CheckpointError(`${source.name}: ${problem}`);
}
