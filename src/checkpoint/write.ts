import { bytesPerValue } from './dtype';
import { CheckpointError } from './errors';
import { firstNonFinite } from './finite';
import { INDEX_NAME } from './shard-index';
import { type OutTensor, type Shard, outBytes, planShards } from './shard-plan';
import type { ByteSource, FileSet, FileSink, FileWriter } from './source';

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
] as const;

export interface CheckpointContents {
  readonly tensors: readonly OutTensor[];
  /** Content of config.json: an object, or JSON text. */
  readonly config: object | string;
  /** Source of tokenizer, chat template and generation config. */
  readonly copyFrom: FileSet;
  /** Content of README.md. */
  readonly card: string;
  /** Content of interlayer.json, as JSON text. */
  readonly recipe: string;
  /** Maximum bytes of tensors in one file. Default 5 GB. */
  readonly shardBytes?: number;
}

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** Called with the written share of tensor bytes, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Writes a checkpoint that `from_pretrained` opens: weights, index if there are shards, copied files, card, recipe and, last,
 * config.json. Removes everything on failure or cancellation.
 * @returns names of the files in the order written, and their total bytes.
 * @throws CheckpointError if tensors are not valid or contain NaN or infinity; SourceError and SinkError from source and sink;
 *   the signal's reason.
 */
export async function writeCheckpoint(
  sink: FileSink,
  contents: CheckpointContents,
  options: WriteOptions = {},
): Promise<{ files: string[]; bytes: number }> {
  const shards = planShards(contents.tensors, contents.shardBytes ?? DEFAULT_SHARD_BYTES);
  const output = new Output(sink, shards, options);
  try {
    for (const shard of shards) await output.shard(shard);
    if (shards.length > 1) await output.text(INDEX_NAME, indexText(shards));
    for (const name of COPIED_FILES) {
      const source = await contents.copyFrom.open(name, options.signal);
      if (source !== undefined) await output.copy(name, source);
    }
    await output.text('README.md', contents.card);
    await output.text('interlayer.json', contents.recipe);
    const { config } = contents;
    await output.text(
      'config.json',
      typeof config === 'string' ? config : `${JSON.stringify(config, null, 2)}\n`,
    );
    options.signal?.throwIfAborted();
    await sink.commit();
  } catch (error) {
    // Report the first error, not one of the clean-up.
    await sink.abort().catch(() => undefined);
    throw error;
  }
  options.onProgress?.(1);
  return { files: output.files, bytes: output.bytes };
}

function indexText(shards: readonly Shard[]): string {
  const total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const map = shards.flatMap(({ name, tensors }) => tensors.map((tensor) => [tensor.name, name] as const));
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(map) };
  return `${JSON.stringify(index, null, 2)}\n`;
}

/** Writes files one after the other and counts files, bytes and progress. */
class Output {
  readonly files: string[] = [];
  bytes = 0;
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
    await this.#file(shard.name, async (writer) => {
      await this.#write(writer, shard.header);
      for (const tensor of shard.tensors) {
        if (tensor.data !== undefined) await this.#writeData(writer, tensor, await tensor.data());
        else await this.#writeCopy(writer, tensor);
      }
    });
  }

  async text(name: string, text: string): Promise<void> {
    await this.#file(name, (writer) => this.#write(writer, new TextEncoder().encode(text)));
  }

  async copy(name: string, source: ByteSource): Promise<void> {
    await this.#file(name, async (writer) => {
      for (const [start, length] of chunks(source.size)) {
        await this.#write(writer, await source.read(start, length, this.#signal));
      }
    });
  }

  async #file(name: string, fill: (writer: FileWriter) => Promise<void>): Promise<void> {
    this.#signal?.throwIfAborted();
    const writer = await this.#sink.create(name);
    await fill(writer);
    await writer.close();
    this.files.push(name);
  }

  async #writeData(writer: FileWriter, tensor: OutTensor, bytes: Uint8Array): Promise<void> {
    const expected = outBytes(tensor);
    if (bytes.byteLength !== expected) {
      throw new CheckpointError(
        `tensor ${tensor.name}: expected ${expected} bytes for ${tensor.dtype} [${tensor.shape.join(', ')}], got ${bytes.byteLength}. Report this as a bug, with the recipe.`,
      );
    }
    for (const [start, length] of chunks(expected)) {
      await this.#writeChunk(writer, tensor, bytes.subarray(start, start + length), start);
    }
  }

  async #writeCopy(writer: FileWriter, tensor: OutTensor): Promise<void> {
    const { copyOf, convert } = tensor;
    if (copyOf === undefined) return;
    let written = 0;
    for (const [start, length] of chunks(copyOf.bytes)) {
      const read = await copyOf.source.read(copyOf.offset + start, length, this.#signal);
      const bytes = convert?.(read) ?? read;
      await this.#writeChunk(writer, tensor, bytes, written);
      written += bytes.byteLength;
    }
  }

  async #writeChunk(writer: FileWriter, tensor: OutTensor, bytes: Uint8Array, from: number): Promise<void> {
    const index = firstNonFinite(bytes, tensor.dtype);
    if (index >= 0) {
      const element = index + from / (bytesPerValue(tensor.dtype) ?? 1);
      const next =
        tensor.copyOf === undefined
          ? `The new values do not fit into ${tensor.dtype}: choose another method or dtype.`
          : `It is so in ${tensor.copyOf.file}: fetch that file again.`;
      throw new CheckpointError(
        `tensor ${tensor.name}: expected finite ${tensor.dtype} values, got NaN or infinity at element ${element}. ${next}`,
      );
    }
    await this.#write(writer, bytes);
    this.#done += bytes.byteLength;
    this.#onProgress?.(this.#done / this.#total);
  }

  async #write(writer: FileWriter, bytes: Uint8Array): Promise<void> {
    this.#signal?.throwIfAborted();
    await writer.write(bytes);
    this.bytes += bytes.byteLength;
  }
}

/** Yields start and length of the chunks of `total` bytes. */
function* chunks(total: number): Generator<[start: number, length: number]> {
  for (let start = 0; start < total; start += CHUNK_BYTES)
    yield [start, Math.min(CHUNK_BYTES, total - start)];
}
