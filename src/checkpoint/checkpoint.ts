/**
 * This folder reads and writes safetensors checkpoints: sources to read from, headers and shards, sinks to write to. It handles
 * names, shapes and bytes only, imports no other folder and does not know what tensors are used for; only `gguf`, which shows
 * GGUF files as such checkpoints, knows how their writer renamed and changed tensors.
 */
import { bytesPerValue } from './dtype';
import { CheckpointError } from './errors';
import { firstNonFinite } from './finite';
import { type TensorInfo, readHeader } from './header';
import { isRecord, parseJson, readText } from './json';
import { show } from '../legible';
import { isGguf } from './names';
import { refuseQuantised } from './quantised';
import { INDEX_NAME, SINGLE_NAME, readShards } from './shard-index';
import type { ByteSource, FileSet } from './source';

/** An opened checkpoint: its configuration and the position of every tensor. Weights are read on request and not cached. */
export class Checkpoint {
  readonly files: FileSet;
  /** Folder name or address, for display. */
  readonly name: string;
  /** config.json as it was read; `JSON.parse` does not keep all digits of its numbers. */
  readonly configText: string;
  /** config.json as parsed. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Names of the weight files. */
  readonly shards: readonly string[];

  private constructor(
    files: FileSet,
    configText: string,
    config: Record<string, unknown>,
    tensors: ReadonlyMap<string, TensorInfo>,
    shards: readonly string[],
  ) {
    this.files = files;
    this.name = files.name;
    this.configText = configText;
    this.config = config;
    this.tensors = tensors;
    this.shards = shards;
  }

  /**
   * Reads config.json and the header of model.safetensors, or else the headers of the shards in model.safetensors.index.json. A
   * single GGUF file without safetensors beside it is opened instead, and `files` of the result shows it as these.
   * @throws CheckpointError if files are missing or damaged; SourceError if bytes cannot be read.
   */
  static async open(files: FileSet, signal?: AbortSignal): Promise<Checkpoint> {
    const [single, index] = await weightFiles(files, signal);
    const gguf = single === undefined && index === undefined ? await onlyGguf(files, signal) : undefined;
    if (gguf !== undefined) {
      const { GgufFiles } = await import('./gguf/files');
      return Checkpoint.open(await GgufFiles.open(files, gguf, signal), signal);
    }
    const configFile = await files.open('config.json', signal);
    if (configFile === undefined) throw await missing(files, 'config.json');
    const configText = await readText(configFile, signal);
    const config = parseJson(configText, 'config.json');
    if (!isRecord(config)) {
      throw new CheckpointError(
        `config.json: expected a JSON object, got ${show(config)}. Fetch the file again.`,
      );
    }
    refuseQuantised(config);
    if (single !== undefined) {
      const tensors = new Map((await readHeader(single, signal)).map((tensor) => [tensor.name, tensor]));
      return new Checkpoint(files, configText, config, tensors, [SINGLE_NAME]);
    }
    if (index === undefined) throw await missing(files, `${SINGLE_NAME} or ${INDEX_NAME} with its shards`);
    const { tensors, shards } = await readShards(files, index, signal);
    return new Checkpoint(files, configText, config, tensors, shards);
  }

  /** @throws CheckpointError if there is no tensor of that name. */
  tensor(name: string): TensorInfo {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) {
      throw new CheckpointError(
        `${this.name}: expected a tensor ${show(name)}, got ${this.tensors.size} others. Check that config.json belongs to these weights.`,
      );
    }
    return tensor;
  }

  /**
   * Reads all bytes of a tensor as stored, in one range read.
   * @throws CheckpointError if the tensor does not exist or contains NaN or infinity; SourceError from the source.
   */
  async read(name: string, signal?: AbortSignal): Promise<Uint8Array> {
    const tensor = this.tensor(name);
    return this.#readRange(tensor, 0, tensor.bytes, signal);
  }

  /**
   * Reads the bytes of rows `rowStart … rowStart + rows − 1` (first axis), in one range read.
   * @throws CheckpointError as `read`, and if the tensor does not have these rows.
   */
  async readRows(name: string, rowStart: number, rows: number, signal?: AbortSignal): Promise<Uint8Array> {
    const tensor = this.tensor(name);
    const total = tensor.shape[0] ?? 0;
    const inside = Number.isInteger(rowStart) && Number.isInteger(rows) && rowStart >= 0 && rows >= 0;
    if (!inside || rowStart + rows > total) {
      throw new CheckpointError(
        `${name}: expected rows within 0 … ${total}, got ${rowStart} … ${rowStart + rows}. Ask for rows it has.`,
      );
    }
    const rowBytes = total === 0 ? 0 : tensor.bytes / total;
    return this.#readRange(tensor, rowStart * rowBytes, rows * rowBytes, signal);
  }

  async #readRange(
    tensor: TensorInfo,
    start: number,
    length: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const bytes = await tensor.source.read(tensor.offset + start, length, signal);
    checkFinite(tensor, bytes, start);
    return bytes;
  }
}

/**
 * @param start offset of `bytes` within the tensor.
 * @throws CheckpointError naming the first value that is NaN or infinite.
 */
function checkFinite(tensor: TensorInfo, bytes: Uint8Array, start: number): void {
  const index = firstNonFinite(bytes, tensor.dtype);
  if (index < 0) return;
  const element = index + start / (bytesPerValue(tensor.dtype) ?? 1);
  throw new CheckpointError(
    `${tensor.file}: tensor ${tensor.name}: expected finite ${tensor.dtype} values, got NaN or infinity at element ${element}. Fetch the file again; if it is the same there, this checkpoint cannot be used.`,
  );
}

/** Opens model.safetensors, or else its index. */
async function weightFiles(
  files: FileSet,
  signal: AbortSignal | undefined,
): Promise<[single: ByteSource | undefined, index: ByteSource | undefined]> {
  const single = await files.open(SINGLE_NAME, signal);
  return [single, single === undefined ? await files.open(INDEX_NAME, signal) : undefined];
}

/** Opens the GGUF file among `files` if it is the only one. */
async function onlyGguf(files: FileSet, signal: AbortSignal | undefined): Promise<ByteSource | undefined> {
  const [name, another] = (await files.list?.())?.filter(isGguf) ?? [];
  return name === undefined || another !== undefined ? undefined : files.open(name, signal);
}

async function missing(files: FileSet, needed: string): Promise<CheckpointError> {
  const names = await files.list?.();
  const came =
    names === undefined ? 'no such file' : names.length === 0 ? 'no files' : names.slice(0, 12).join(', ');
  const more = names !== undefined && names.length > 12 ? ` and ${names.length - 12} more` : '';
  return new CheckpointError(
    `${files.name}: expected ${needed}, got ${came}${more}. ${nextStep(names ?? [])}`,
  );
}

function nextStep(names: readonly string[]): string {
  if (names.filter(isGguf).length > 1) return 'There are several GGUF files: open one of them.';
  if (names.some((name) => /\.(bin|pth?)$/.test(name))) {
    return 'Only safetensors and GGUF weights are read: convert the model or take its safetensors files.';
  }
  return 'A model is config.json, model.safetensors (or its index and shards) and, for text, tokenizer.json, or one GGUF file: give the folder that holds them.';
}
