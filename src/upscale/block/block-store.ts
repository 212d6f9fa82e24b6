import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { encode } from '../../checkpoint/dtype';
import type { Scratch, ScratchFile } from '../../checkpoint/scratch';
import type { TensorCache, TensorGroup } from '../../llama/tensor-cache';

/** New blocks of more float32 bytes in all are kept in temporary files. */
export const RESIDENT_BYTES = { webgpu: 2 ** 30, cpu: 2 ** 29 } as const;

/** A tensor's float32 values in a temporary file. */
export interface StoredTensor {
  readonly file: ScratchFile;
  readonly shape: readonly number[];
}

/**
 * Keeps tensors of new blocks in temporary files and brings a block's to the device when it is needed, for deeper models whose
 * new blocks do not fit into memory together.
 */
export class BlockStore {
  readonly #backend: Backend;
  readonly #cache: TensorCache;
  readonly #scratch: Scratch;

  /** @param cache of the base model's weights, so that both share one budget. */
  constructor(backend: Backend, cache: TensorCache, scratch: Scratch) {
    this.#backend = backend;
    this.#cache = cache;
    this.#scratch = scratch;
  }

  /** Moves a tensor to a file as float32 and frees it, also on failure. @throws SinkError if there is no room. */
  async put(tensor: Tensor): Promise<StoredTensor> {
    const { shape } = tensor;
    try {
      return { file: await this.#scratch.write(bytesOf(await this.#backend.read(tensor))), shape };
    } finally {
      this.#backend.free(tensor);
    }
  }

  /** Returns the stored tensors of block `key` on the device, valid until `release`. */
  acquire(
    key: string,
    stored: ReadonlyMap<string, StoredTensor>,
    signal?: AbortSignal,
  ): Promise<TensorGroup> {
    const bytes = [...stored.values()].reduce((sum, { file }) => sum + file.size, 0);
    return this.#cache.acquire(key, bytes, () => this.#load(key, stored), signal);
  }

  release(key: string): void {
    this.#cache.release(key);
  }

  /** Removes a block's files, and its tensors once nobody uses them. */
  drop(key: string, stored: Iterable<StoredTensor>): void {
    this.#cache.drop(key);
    for (const { file } of stored) void file.remove();
  }

  async #load(block: string, stored: ReadonlyMap<string, StoredTensor>): Promise<TensorGroup> {
    const scope = new Scope(this.#backend, 'weights');
    try {
      const group = new Map<string, Tensor>();
      for (const [key, { file, shape }] of stored) {
        const bytes = await file.read(0, file.size);
        group.set(key, scope.own(this.#backend.upload(bytes, shape, 'f32', `${block} ${key}`)));
      }
      for (const tensor of group.values()) scope.release(tensor);
      return group;
    } finally {
      scope.free();
    }
  }
}

/** Returns values as bytes, without a copy where possible, because a tensor may have hundreds of megabytes. */
function bytesOf(values: Float32Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = values;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : encode(values, 'F32');
}
