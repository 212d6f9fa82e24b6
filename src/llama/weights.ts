import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { type Block, blockShapes, blockTensorName } from './block';
import { deviceDType, outerNames } from './check';
import type { LlamaConfig } from './config';
import { ConfigError } from './errors';
import { TensorCache, type TensorGroup } from './tensor-cache';

/** Consecutive rows of the embedding or of the head, small enough for one tensor. */
export interface Band {
  /** Checkpoint name of the whole matrix. */
  readonly name: string;
  readonly rowStart: number;
  readonly rows: number;
}

/** Source of a model's weights: those of a checkpoint, or with some of them replaced. */
export type WeightSource = Pick<
  Weights,
  'config' | 'embedding' | 'head' | 'block' | 'release' | 'withBand' | 'withFinalNorm'
>;

const MIB = 2 ** 20;
const DEFAULT_BUDGET = { webgpu: 1024 * MIB, cpu: 512 * MIB } as const;
const BAND_BYTES = 64 * MIB;
/** Tensors of a block that are read at the same time have at most this many bytes, unless one alone has more. */
const READ_BYTES = 64 * MIB;

/**
 * A checkpoint's tensors on a backend: read when first needed, packed as in the file, and cached within a byte budget (LRU) by
 * tensor and by band. Several models may share one.
 */
export class Weights {
  readonly config: LlamaConfig;
  /** Row bands of the token embedding, in order. */
  readonly embedding: readonly Band[];
  /** Row bands of the head, in order; in a tied model those of the embedding. */
  readonly head: readonly Band[];
  readonly #backend: Backend;
  readonly #checkpoint: Checkpoint;
  /** Tensors on the device; those of new blocks may share it and its budget. */
  readonly cache: TensorCache;
  readonly #finalNorm: string;
  readonly #blockKeys: readonly string[];

  /**
   * The checkpoint must have passed `checkTensors`, unless its architecture is unsupported. `budgetBytes` limits what is cached while
   * not in use.
   */
  constructor(
    backend: Backend,
    checkpoint: Checkpoint,
    config: LlamaConfig,
    budgetBytes: number = DEFAULT_BUDGET[backend.info.kind],
  ) {
    this.config = config;
    this.#blockKeys = [...blockShapes(config).keys()];
    this.#backend = backend;
    this.#checkpoint = checkpoint;
    this.cache = new TensorCache(backend, budgetBytes);
    // Of an unsupported architecture only blocks are read.
    const names = config.unsupported
      ? { embedding: '', head: '', finalNorm: '' }
      : outerNames(config, checkpoint);
    this.#finalNorm = names.finalNorm;
    this.embedding = this.#bands(names.embedding);
    this.head = names.head === names.embedding ? this.embedding : this.#bands(names.head);
  }

  /**
   * Returns a base block's tensors, or `only` some of them, keyed as in `blockShapes`. They are valid until `release` has been
   * called once for each call of `block`, with the same arguments. The caller must not free them.
   */
  async block(index: number, signal?: AbortSignal, only?: readonly string[]): Promise<Block> {
    const keys = only ?? this.#blockKeys;
    const loads: PromiseSettledResult<TensorGroup>[] = [];
    for (const part of this.#readTogether(index, keys)) {
      loads.push(...(await Promise.allSettled(part.map((key) => this.#acquire(index, key, signal)))));
      if (loads.some((load) => load.status === 'rejected')) break;
    }
    const failed = loads.find((load) => load.status === 'rejected');
    if (failed === undefined)
      return new Map(loads.flatMap((load) => (load.status === 'fulfilled' ? [...load.value] : [])));
    this.release(
      index,
      keys.filter((_, i) => loads[i]?.status === 'fulfilled'),
    );
    throw failed.reason;
  }

  /** Returns the bytes of a base block's tensors, as stored and on the device. */
  blockBytes(index: number): number {
    const names = this.#blockKeys.map((key) => blockTensorName(this.config, index, key));
    return names.reduce((sum, name) => sum + this.#info(name).bytes, 0);
  }

  release(index: number, only?: readonly string[]): void {
    for (const key of only ?? this.#blockKeys) this.cache.release(blockTensorName(this.config, index, key));
  }

  /** Calls `use` with a band's rows `[rows, hidden]`; the tensor is valid until `use` has returned. */
  withBand<T>(band: Band, use: (rows: Tensor) => T, signal?: AbortSignal): Promise<T> {
    const key = `${band.name} rows ${band.rowStart} to ${band.rowStart + band.rows - 1}`;
    const load = async (): Promise<Tensor> => {
      const data = await this.#checkpoint.readRows(band.name, band.rowStart, band.rows, signal);
      return this.#upload(band.name, data, [band.rows, this.config.hiddenSize], key);
    };
    return this.#use(key, this.#rowBytes(band.name) * band.rows, load, use, signal);
  }

  /** Calls `use` with the final norm's gain `[hidden]`; the tensor is valid until `use` has returned. */
  withFinalNorm<T>(use: (gain: Tensor) => T, signal?: AbortSignal): Promise<T> {
    const name = this.#finalNorm;
    const { bytes, shape } = this.#info(name);
    const load = async (): Promise<Tensor> =>
      this.#upload(name, await this.#checkpoint.read(name, signal), shape, name);
    return this.#use(name, bytes, load, use, signal);
  }

  /** Frees all cached tensors, in use or not. Later reads throw. */
  free(): void {
    this.cache.free();
  }

  async #use<T>(
    key: string,
    bytes: number,
    load: () => Promise<Tensor>,
    use: (tensor: Tensor) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const loadGroup = async (): Promise<TensorGroup> => new Map([[key, await load()]]);
    const group = await this.cache.acquire(key, bytes, loadGroup, signal);
    try {
      const tensor = group.get(key);
      if (tensor === undefined) throw new BackendError(`weights: ${key} was not loaded`);
      return use(tensor);
    } finally {
      this.cache.release(key);
    }
  }

  /** Splits keys into lists to read at once: a far source answers several requests as fast as one, but all lie in memory then. */
  #readTogether(index: number, keys: readonly string[]): string[][] {
    const parts: string[][] = [];
    let bytes = Infinity;
    for (const key of keys) {
      const more = this.#info(blockTensorName(this.config, index, key)).bytes;
      if (bytes + more > READ_BYTES) {
        parts.push([]);
        bytes = 0;
      }
      parts.at(-1)?.push(key);
      bytes += more;
    }
    return parts;
  }

  #acquire(index: number, key: string, signal: AbortSignal | undefined): Promise<TensorGroup> {
    const name = blockTensorName(this.config, index, key);
    const { bytes, shape } = this.#info(name);
    const load = async (): Promise<TensorGroup> =>
      new Map([[key, this.#upload(name, await this.#checkpoint.read(name, signal), shape, name)]]);
    return this.cache.acquire(name, bytes, load, signal);
  }

  #upload(name: string, data: Uint8Array, shape: readonly number[], label: string): Tensor {
    const dtype = deviceDType(name, this.#info(name).dtype);
    return this.#backend.countAs('weights', this.#backend.upload(data, shape, dtype, label));
  }

  #bands(name: string): Band[] {
    if (name === '') return [];
    const rowsPerBand = Math.max(1, Math.floor(this.#bandBytes() / this.#rowBytes(name)));
    const bands: Band[] = [];
    for (let rowStart = 0; rowStart < this.config.vocabSize; rowStart += rowsPerBand) {
      bands.push({ name, rowStart, rows: Math.min(rowsPerBand, this.config.vocabSize - rowStart) });
    }
    return bands;
  }

  #bandBytes(): number {
    return Math.min(this.#backend.info.maxTensorBytes, BAND_BYTES);
  }

  #rowBytes(name: string): number {
    return this.#info(name).bytes / this.config.vocabSize;
  }

  #info(name: string) {
    const info = this.#checkpoint.tensors.get(name);
    if (info !== undefined) return info;
    throw new ConfigError(
      `${name}: expected this tensor, got none. Check that all weight files are there and that config.json belongs to them.`,
    );
  }
}
