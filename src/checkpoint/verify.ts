import { unshared } from './directory-sink';
import { SinkError } from './errors';
import { readHeader } from './header';
import { type Hash, sha256 } from './sha256';
import type { OutTensor } from './shard-plan';
import type { ByteSource, FileSet } from './source';

/** Bytes that were written one after the other: of a tensor, or of anything else in a file. */
interface WrittenPiece {
  readonly tensor?: OutTensor;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file as it was handed to the sink, hashed piece by piece on the way. */
export class WrittenFile {
  readonly name: string;
  readonly pieces: WrittenPiece[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get bytes(): number {
    return this.pieces.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async add(bytes: Uint8Array, tensor?: OutTensor): Promise<void> {
    const piece = { bytes: bytes.byteLength, sha256: await sha256(unshared(bytes)) };
    this.pieces.push(tensor === undefined ? piece : { ...piece, tensor });
  }
}

/** A file that was written. */
export interface FinishedFile {
  readonly name: string;
  readonly bytes: number;
  /**
   * SHA-256 of the whole file in hexadecimal, as `sha256sum` prints it. Only if it was read back, and is what was written.
   */
  readonly sha256?: string;
}

interface VerifyOptions {
  readonly newHash: () => Hash;
  readonly signal?: AbortSignal | undefined;
  /** Called with the share of bytes read back, 0 … 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Reads files back and compares them with what was written: their sizes, the headers of weight files (parsed again), and the
 * SHA-256 of all bytes, tensor by tensor.
 * @throws SinkError naming the first file and tensor that differs; CheckpointError for a header; SourceError; the signal's reason.
 */
export async function verifyFiles(
  files: FileSet,
  written: readonly WrittenFile[],
  { newHash, signal, onProgress }: VerifyOptions,
): Promise<FinishedFile[]> {
  const total = written.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const verified: FinishedFile[] = [];
  for (const file of written) {
    const source = await files.open(file.name, signal);
    if (source?.size !== file.bytes)
      throw changed(file.name, `${file.bytes} bytes`, source ? `${source.size}` : 'no file');
    const starts = await tensorStarts(file, source, signal);
    const whole = newHash();
    let at = 0;
    let last: OutTensor | undefined;
    for (const piece of file.pieces) {
      const { tensor } = piece;
      const start = tensor === last || tensor === undefined ? at : (starts.get(tensor.name) ?? Number.NaN);
      const what = tensor === undefined ? `at byte ${at}` : `tensor ${tensor.name}`;
      if (start !== at) throw changed(file.name, `${what} at byte ${at}`, `it at ${start}`);
      const bytes = await source.read(at, piece.bytes, signal);
      const found = await sha256(unshared(bytes));
      if (found !== piece.sha256)
        throw changed(file.name, `${what} with SHA-256 ${piece.sha256}`, `SHA-256 ${found}`);
      whole.update(bytes);
      at += piece.bytes;
      last = tensor;
      done += piece.bytes;
      onProgress?.(done / total);
    }
    verified.push({ name: file.name, bytes: at, sha256: whole.hex() });
  }
  return verified;
}

/** Reads a weight file's header again, compares it with the tensors that were written and returns where each starts. */
async function tensorStarts(
  { name, pieces }: WrittenFile,
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const tensors = new Set(pieces.flatMap(({ tensor }) => (tensor ? [tensor] : [])));
  if (tensors.size === 0) return new Map();
  const found = new Map((await readHeader(source, signal)).map((tensor) => [tensor.name, tensor]));
  for (const tensor of tensors) {
    const other = found.get(tensor.name);
    const [expected, got] = [tensor, other].map((t) => t && `${t.dtype} [${t.shape.join(', ')}]`);
    if (expected !== got) throw changed(name, `tensor ${tensor.name} as ${expected}`, got ?? 'none');
  }
  return new Map([...found].map(([key, { offset }]) => [key, offset]));
}

const changed = (file: string, expected: string, got: string): SinkError =>
  new SinkError(
    `${file}: expected to read back what was written, ${expected}, got ${got}. ` +
      'The disk or another program changed it: export again, to another place.',
  );
