import { bytesPerValue } from './dtype';
import { CheckpointError } from './errors';
import { firstNonFinite } from './finite';
import { INDEX_NAME } from './shard-index';
import { type Hash, Sha256 } from './sha256';
import { type OutTensor, type Shard, outBytes, planShards } from './shard-plan';
import type { ByteSource, FileSet, FileSink, FileWriter } from './source';
import { type FinishedFile, verifyFiles, WrittenFile } from './verify';

export type { OutTensor } from './shard-plan';

/** As transformers and mergekit. */
const DEFAULT_SHARD_BYTES = 5e9;
/** A multiple of every dtype's size, so that no value is split. */
const CHUNK_BYTES = 16 * 2 ** 20;

/** Files that are copied unchanged from source to export, if they exist. */
const COPIED_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'tokenizer.model',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'chat_template.jinja',
  'chat_template.json',
  'generation_config.json',
  'LICENSE',
] as const;

export interface CheckpointContents {
  readonly tensors: readonly OutTensor[];
  /** Content of config.json: an object, or JSON text. */
  readonly config: object | string;
  /** Source of tokenizer, chat template, generation config and licence. */
  readonly copyFrom: FileSet;
  /** Further text files by name: the model card, the recipe, … */
  readonly documents: Readonly<Record<string, string>>;
  /** Maximum bytes of tensors in one file. Default 5 GB. */
  readonly shardBytes?: number;
}

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** Called with the written share of tensor bytes, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Called with the share of bytes read back, 0 … 1, after all are written. */
  readonly onVerify?: (fraction: number) => void;
  /** Makes the hash of a whole file. Default: `Sha256`, which is slow. */
  readonly newHash?: (() => Hash) | undefined;
}

/** What was written. */
export interface WrittenCheckpoint {
  /** In the order written. */
  readonly files: readonly FinishedFile[];
  readonly bytes: number;
  readonly tensors: number;
  /** How many of the tensors are the source's, byte for byte. */
  readonly unchanged: number;
}

/**
 * Writes a checkpoint that `from_pretrained` opens: weights, index if there are shards, copied files, documents and, last,
 * config.json. Then reads everything back, if the sink can, and compares it (`verifyFiles`). Removes everything on failure or cancellation.
 * @throws CheckpointError if tensors are not valid or contain NaN or infinity; SourceError and SinkError from source and sink,
 *   SinkError also if something else is read back than was written; the signal's reason.
 */
export async function writeCheckpoint(
  sink: FileSink,
  contents: CheckpointContents,
  options: WriteOptions = {},
): Promise<WrittenCheckpoint> {
  const shards = planShards(contents.tensors, contents.shardBytes ?? DEFAULT_SHARD_BYTES);
  const output = new Output(sink, shards, options);
  try {
    for (const shard of shards) await output.shard(shard);
    if (shards.length > 1) await output.text(INDEX_NAME, indexText(shards));
    for (const name of COPIED_FILES) {
      const source = await contents.copyFrom.open(name, options.signal);
      if (source !== undefined) await output.copy(name, source);
    }
    for (const [name, text] of Object.entries(contents.documents)) await output.text(name, text);
    const { config } = contents;
    await output.text(
      'config.json',
      typeof config === 'string' ? config : `${JSON.stringify(config, null, 2)}\n`,
    );
    options.signal?.throwIfAborted();
    const { signal, onVerify: onProgress, newHash = () => new Sha256() } = options;
    const back = await sink.finish();
    const files = back
      ? await verifyFiles(back, output.files, { newHash, signal, onProgress })
      : output.files.map(({ name, bytes }) => ({ name, bytes }));
    options.signal?.throwIfAborted();
    await sink.commit();
    options.onProgress?.(1);
    const { tensors } = contents;
    const unchanged = tensors.filter(({ copyOf, convert }) => copyOf && !convert).length;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { files, bytes, tensors: tensors.length, unchanged };
  } catch (error) {
    // Report the first error, not one of the clean-up.
    await sink.abort().catch(() => undefined);
    throw error;
  }
}

function indexText(shards: readonly Shard[]): string {
  const total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const map = shards.flatMap(({ name, tensors }) => tensors.map((tensor) => [tensor.name, name] as const));
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(map) };
  return `${JSON.stringify(index, null, 2)}\n`;
}

/** Writes files one after the other, hashes what it writes and counts progress. */
class Output {
  readonly files: WrittenFile[] = [];
  readonly #sink: FileSink;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((fraction: number) => void) | undefined;
  readonly #total: number;
  #done = 0;

  constructor(sink: FileSink, shards: readonly Shard[], options: WriteOptions) {
    this.#sink = sink;
    this.#signal = options.signal;
    this.#onProgress = options.onProgress;
    this.#total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  }

  async shard(shard: Shard): Promise<void> {
    await this.#file(shard.name, async (file) => {
      await this.#write(file, shard.header);
      for (const tensor of shard.tensors) {
        if (tensor.data !== undefined) await this.#writeData(file, tensor, await tensor.data());
        else await this.#writeCopy(file, tensor);
      }
    });
  }

  async text(name: string, text: string): Promise<void> {
    await this.#file(name, (file) => this.#write(file, new TextEncoder().encode(text)));
  }

  async copy(name: string, source: ByteSource): Promise<void> {
    await this.#file(name, async (file) => {
      for (const [start, length] of chunks(source.size)) {
        await this.#write(file, await source.read(start, length, this.#signal));
      }
    });
  }

  async #file(name: string, fill: (file: OpenFile) => Promise<void>): Promise<void> {
    this.#signal?.throwIfAborted();
    const writer = await this.#sink.create(name);
    const written = new WrittenFile(name);
    await fill({ writer, written });
    await writer.close();
    this.files.push(written);
  }

  async #writeData(file: OpenFile, tensor: OutTensor, bytes: Uint8Array): Promise<void> {
    const expected = outBytes(tensor);
    if (bytes.byteLength !== expected) {
      throw new CheckpointError(
        `tensor ${tensor.name}: expected ${expected} bytes for ${tensor.dtype} [${tensor.shape.join(', ')}], got ${bytes.byteLength}. Report this as a bug, with the recipe.`,
      );
    }
    for (const [start, length] of chunks(expected)) {
      await this.#writeChunk(file, tensor, bytes.subarray(start, start + length), start);
    }
  }

  async #writeCopy(file: OpenFile, tensor: OutTensor): Promise<void> {
    const { copyOf, convert } = tensor;
    if (copyOf === undefined) return;
    let written = 0;
    for (const [start, length] of chunks(copyOf.bytes)) {
      const read = await copyOf.source.read(copyOf.offset + start, length, this.#signal);
      const bytes = convert?.(read) ?? read;
      await this.#writeChunk(file, tensor, bytes, written);
      written += bytes.byteLength;
    }
  }

  async #writeChunk(file: OpenFile, tensor: OutTensor, bytes: Uint8Array, from: number): Promise<void> {
    const index = firstNonFinite(bytes, tensor.dtype);
    if (index >= 0) {
      const element = index + from / (bytesPerValue(tensor.dtype) ?? 1);
      const next =
        tensor.copyOf === undefined
          ? `The new values do not fit into ${tensor.dtype}: export in exact float32 instead, or choose another method.`
          : `It is so in ${tensor.copyOf.file}: fetch that file again.`;
      throw new CheckpointError(
        `tensor ${tensor.name}: expected finite ${tensor.dtype} values, got NaN or infinity at element ${element}. ${next}`,
      );
    }
    await this.#write(file, bytes, tensor);
    this.#done += bytes.byteLength;
    this.#onProgress?.(this.#done / this.#total);
  }

  /** Hashes first, because the sink may keep or change the bytes. */
  async #write({ writer, written }: OpenFile, bytes: Uint8Array, tensor?: OutTensor): Promise<void> {
    this.#signal?.throwIfAborted();
    await written.add(bytes, tensor);
    await writer.write(bytes);
  }
}

/** A file that is being written. */
interface OpenFile {
  readonly writer: FileWriter;
  readonly written: WrittenFile;
}

/** Yields start and length of the chunks of `total` bytes. */
function* chunks(total: number): Generator<[start: number, length: number]> {
  for (let start = 0; start < total; start += CHUNK_BYTES)
    yield [start, Math.min(CHUNK_BYTES, total - start)];
}
