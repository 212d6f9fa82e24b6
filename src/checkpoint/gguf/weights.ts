import { bytesPerValue, decode } from '../dtype';
import { CheckpointError } from '../errors';
import { checkRange } from '../range';
import type { ByteSource } from '../source';
import type { GgufArchitecture } from './architectures';
import type { GgufTensor } from './header';
import { hubName } from './names';

/** A tensor of the file as transformers has it. */
interface Weight {
  readonly name: string;
  readonly from: GgufTensor;
  readonly dtype: string;
  /** Values in a row; a vector is one row, or many rows of one value if they are to be moved. */
  readonly rowValues: number;
  readonly rowBytes: number;
  /** Offset of the first byte in model.safetensors. */
  readonly offset: number;
  readonly bytes: number;
  /** Rows of a head, if those of a rotary pair follow each other and are to be moved apart; else 1. */
  readonly headRows: number;
  /** Subtracted from every value. */
  readonly shift: number;
}

/**
 * The tensors of a GGUF file as one model.safetensors that is nowhere stored: a header, and data that are decoded when they are
 * read. Reading a range reads the rows that it touches, or their whole heads where rows are moved.
 */
export class GgufWeights implements ByteSource {
  readonly name = 'model.safetensors';
  readonly size: number;
  readonly #source: ByteSource;
  readonly #header: Uint8Array;
  readonly #weights: readonly Weight[];

  /** @throws CheckpointError if a tensor has no place in the architecture or a shape that does not fit its heads. */
  constructor(
    source: ByteSource,
    tensors: readonly GgufTensor[],
    architecture: GgufArchitecture,
    headDim: number,
  ) {
    this.#source = source;
    const weights: Weight[] = [];
    const header: Record<string, object> = { __metadata__: { format: 'pt' } };
    let end = 0;
    for (const from of tensors) {
      const name = hubName(source.name, from.name, architecture);
      if (name === undefined) continue;
      const moved = architecture.interleaved && /\.attn_[qk]\./.test(from.name);
      const shift = from.name.endsWith('norm.weight') ? architecture.normShift : 0;
      const weight = weightOf(source.name, name, from, { shift, headRows: moved ? headDim : 1, offset: end });
      end += weight.bytes;
      header[name] = { dtype: weight.dtype, shape: from.shape, data_offsets: [weight.offset, end] };
      weights.push(weight);
    }
    this.#header = headerBytes(header);
    const start = this.#header.byteLength;
    this.#weights = weights.map((weight) => ({ ...weight, offset: start + weight.offset }));
    this.size = start + end;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    const end = offset + length;
    const parts: Uint8Array[] = [];
    if (offset < this.#header.byteLength) parts.push(this.#header.slice(offset, end));
    for (const weight of this.#weights) {
      const first = Math.max(offset - weight.offset, 0);
      const last = Math.min(end - weight.offset, weight.bytes);
      if (first < last) parts.push(await this.#readWeight(weight, first, last, signal));
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : joined(parts, length);
  }

  async #readWeight(
    weight: Weight,
    first: number,
    last: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const { from, rowValues, rowBytes, headRows } = weight;
    const step = rowBytes * headRows;
    const start = Math.floor(first / step) * step;
    const rows = (Math.ceil(last / step) * step - start) / rowBytes;
    const storedRow = (rowValues / from.format.values) * from.format.bytes;
    const stored = await this.#source.read(
      from.offset + (start / rowBytes) * storedRow,
      rows * storedRow,
      signal,
    );
    const decoded = decodeRows(stored, weight);
    const placed = headRows === 1 ? decoded : apart(decoded, rowBytes, headRows);
    return placed.subarray(first - start, last - start);
  }
}

function weightOf(
  file: string,
  name: string,
  from: GgufTensor,
  place: Pick<Weight, 'shift' | 'headRows' | 'offset'>,
): Weight {
  const { format, shape } = from;
  const { shift, headRows } = place;
  const values = shape.reduce((product, size) => product * size, 1);
  const rowValues = shape.length === 1 && headRows > 1 ? 1 : (shape.at(-1) ?? 1);
  const wholeHeads = (values / rowValues) % headRows === 0 && (headRows === 1 || headRows % 2 === 0);
  if (shape.length > 2 || !wholeHeads || rowValues % format.values !== 0) {
    throw new CheckpointError(
      `${file}: tensor ${from.name}: expected rows of ${format.name} in heads of ${headRows}, got shape [${shape.join(', ')}]. Fetch the file again.`,
    );
  }
  const dtype = shift === 0 ? format.dtype : 'F32';
  const size = bytesPerValue(dtype) ?? 4;
  return { name, from, dtype, rowValues, rowBytes: rowValues * size, bytes: values * size, ...place };
}

/** Returns the header of a safetensors file with its length before it, padded to 8 bytes as safetensors does. */
function headerBytes(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

/** Decodes whole rows to little-endian bytes of the weight's dtype. */
function decodeRows(stored: Uint8Array, { from: { format }, shift }: Weight): Uint8Array {
  if (format.decode === undefined && shift === 0) return stored;
  const values =
    format.decode === undefined
      ? decode(stored, format.dtype)
      : new Float32Array((stored.byteLength / format.bytes) * format.values);
  for (let at = 0, out = 0; format.decode !== undefined && at < stored.byteLength; at += format.bytes) {
    format.decode(stored, at, values, out);
    out += format.values;
  }
  if (shift !== 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) - shift;
  return new Uint8Array(values.buffer);
}

/** Moves the rows of every head from pairs (0, h/2), (1, h/2 + 1), … back into order. */
function apart(rows: Uint8Array, rowBytes: number, headRows: number): Uint8Array {
  const placed = new Uint8Array(rows.byteLength);
  const half = headRows / 2;
  for (let row = 0; row * rowBytes < rows.byteLength; row++) {
    const inHead = row % headRows;
    const target = row - inHead + (inHead % 2) * half + Math.floor(inHead / 2);
    placed.set(rows.subarray(row * rowBytes, (row + 1) * rowBytes), target * rowBytes);
  }
  return placed;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
