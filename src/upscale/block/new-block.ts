/*
 * block: the parts shared by all methods: tensor names (`block-tensor`, `planned`), leases of base blocks (`lease`), new
 * blocks (`new-block`), their temporary files (`block-store`) and their assembly (`assembly`), errors. Knows no method and
 * imports no other room.
 */
import type { Backend, Tensor } from '../../backend/operations';
import { decode } from '../../checkpoint/dtype';
import type { Block } from '../../llama/block';
import type { BlockHandle } from '../../llama/block-handle';
import { isOutputProjection } from './block-tensor';
import type { BlockStore, StoredTensor } from './block-store';
import { UpscaleError } from './errors';
import type { PlanSummary } from './planned';

/**
 * Where a new block's tensor comes from. `computed` is float32; `zero` and `copy` (of base block `of`) are exact in the
 * checkpoint's dtype. A `zero` tensor is shared between blocks, which do not own it.
 */
type Origin =
  | { readonly origin: 'computed' }
  | { readonly origin: 'zero' }
  | { readonly origin: 'copy'; readonly of: number };

/** Where its values are: on the device, or as float32 in a temporary file. */
type Values = { readonly tensor: Tensor } | StoredTensor;

export type NewTensor = Origin & Values;

/** Gap, plans and tensors of a new block. */
interface Contents {
  /** The base block that it follows, or, in a list of slices, that it is made from. */
  readonly gap: number;
  /** The base block whose settings it takes: sliding window, rotary embedding, entries of lists in config.json. */
  readonly like: number;
  /** Keyed as in `blockShapes`. */
  readonly tensors: ReadonlyMap<string, NewTensor>;
  /** Empty for methods without plans. */
  readonly plans: readonly PlanSummary[];
}

/** A multiple of the bytes of a value. */
const PIECE_BYTES = 16 * 2 ** 20;

let made = 0;

/** A block that a method made, with its own weights. It owns them until `free`. */
export class NewBlock implements BlockHandle, Contents {
  readonly gap: number;
  readonly like: number;
  readonly tensors: ReadonlyMap<string, NewTensor>;
  readonly plans: readonly PlanSummary[];
  readonly #backend: Backend;
  readonly #store: BlockStore | undefined;
  #freed = false;
  readonly #key = `new block ${++made}`;

  /** @param store holds the tensors that are in files. */
  constructor(backend: Backend, { gap, like, tensors, plans }: Contents, store: BlockStore | undefined) {
    this.gap = gap;
    this.like = like;
    this.tensors = tensors;
    this.plans = plans;
    this.#backend = backend;
    this.#store = store;
  }

  /** True if the block returns its input: all its output projections are zero. */
  get isIdentity(): boolean {
    return [...this.tensors].every(([key, { origin }]) => origin === 'zero' || !isOutputProjection(key));
  }

  async acquire(signal?: AbortSignal): Promise<Block> {
    const stored = await this.#store?.acquire(this.#key, this.#files, signal);
    const block = new Map<string, Tensor>();
    for (const [key, values] of this.tensors) {
      const tensor = 'tensor' in values ? values.tensor : stored?.get(key);
      if (tensor) block.set(key, tensor);
    }
    return block;
  }

  release(): void {
    this.#store?.release(this.#key);
  }

  /**
   * Returns the float32 values of one tensor, row-major.
   * @throws UpscaleError if the block has no such tensor; SourceError if its file cannot be read.
   */
  async read(key: string): Promise<Float32Array> {
    const values = this.tensors.get(key);
    if (!values) {
      throw new UpscaleError(
        `expected a tensor of the new block in gap ${this.gap}, one of ${[...this.tensors.keys()].join(', ')}, got ${key}. Ask for one of these.`,
      );
    }
    if ('tensor' in values) return this.#backend.read(values.tensor);
    return decode(await values.file.read(0, values.file.size), 'F32');
  }

  /** Returns functions that read the values of one tensor piece by piece, in order, so that a large file is never in memory whole. */
  pieces(key: string): (() => Promise<Float32Array>)[] {
    const values = this.tensors.get(key);
    if (!values || 'tensor' in values) return [() => this.read(key)];
    const { file } = values;
    return Array.from({ length: Math.ceil(file.size / PIECE_BYTES) }, (_, i) => async () => {
      const start = i * PIECE_BYTES;
      return decode(await file.read(start, Math.min(PIECE_BYTES, file.size - start)), 'F32');
    });
  }

  /** Frees the tensors and removes the files. May be called twice. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#backend.free(...ownTensors(this.tensors.values()));
    this.#store?.drop(this.#key, this.#files.values());
  }

  get #files(): ReadonlyMap<string, StoredTensor> {
    return new Map([...this.tensors].flatMap(([key, values]) => ('file' in values ? [[key, values]] : [])));
  }
}

/** The tensors on the device that a block owns: all except shared zeros. */
export const ownTensors = (tensors: Iterable<NewTensor>): Tensor[] =>
  [...tensors].flatMap((values) => (values.origin !== 'zero' && 'tensor' in values ? [values.tensor] : []));
