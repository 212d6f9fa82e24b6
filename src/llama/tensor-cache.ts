import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';

/** Tensors that are loaded and evicted together. */
export type TensorGroup = ReadonlyMap<string, Tensor>;

interface Entry {
  readonly bytes: number;
  readonly group: Promise<TensorGroup>;
  pins: number;
  /** True: freed as soon as it is not pinned. */
  dropped: boolean;
  loaded: TensorGroup | undefined;
}

/**
 * LRU cache of tensor groups on the device with a byte budget. `acquire` pins a group; the same number of calls of `release`
 * unpins it. Only unpinned groups are evicted, the least recently used first, so pinned groups may exceed the budget.
 */
export class TensorCache {
  readonly #backend: Backend;
  readonly #budgetBytes: number;
  /** In order of use, least recent first. */
  readonly #entries = new Map<string, Entry>();
  #freed = false;

  constructor(backend: Backend, budgetBytes: number) {
    this.#backend = backend;
    this.#budgetBytes = budgetBytes;
  }

  /** Bytes of all groups that are cached or being loaded. */
  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
  }

  /** Returns and pins the group of `key`; calls `load` if it is not cached. The cache owns the tensors: never free them. */
  async acquire(
    key: string,
    bytes: number,
    load: () => Promise<TensorGroup>,
    signal?: AbortSignal,
  ): Promise<TensorGroup> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#freed)
        throw new BackendError(`${key}: expected weights in use, but they were freed. Open the model again.`);
      const existing = this.#entries.get(key);
      if (existing === undefined) return this.#start(key, bytes, load);
      this.#touch(key, existing);
      existing.pins++;
      try {
        return await existing.group;
      } catch {
        // Another caller's load failed, perhaps because it was cancelled. Try again.
      }
    }
  }

  release(key: string): void {
    if (this.#freed) return;
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.pins === 0) {
      throw new BackendError(`${key}: released more often than acquired`);
    }
    entry.pins--;
    if (entry.dropped) this.drop(key);
    this.#makeRoom(0);
  }

  /** Frees the group of `key`, if cached, once it is not pinned. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.dropped = true;
    if (entry.pins > 0 || entry.loaded === undefined) return;
    this.#backend.free(...entry.loaded.values());
    this.#entries.delete(key);
  }

  /** Frees all groups, pinned or not. Later `acquire` throws, later `release` does nothing. */
  free(): void {
    this.#freed = true;
    for (const entry of this.#entries.values()) {
      if (entry.loaded !== undefined) this.#backend.free(...entry.loaded.values());
    }
    this.#entries.clear();
  }

  async #start(key: string, bytes: number, load: () => Promise<TensorGroup>): Promise<TensorGroup> {
    this.#makeRoom(bytes);
    const entry: Entry = { bytes, group: this.#load(key, load), pins: 1, dropped: false, loaded: undefined };
    this.#entries.set(key, entry);
    try {
      entry.loaded = await entry.group;
      return entry.loaded;
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  async #load(key: string, load: () => Promise<TensorGroup>): Promise<TensorGroup> {
    const group = await load();
    if (!this.#freed) return group;
    this.#backend.free(...group.values());
    throw new BackendError(`${key}: the weights were freed while they were read. Open the model again.`);
  }

  #touch(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #makeRoom(bytes: number): void {
    let held = this.bytes;
    for (const [key, entry] of this.#entries) {
      if (held + bytes <= this.#budgetBytes) return;
      if (entry.pins > 0 || entry.loaded === undefined) continue;
      this.#backend.free(...entry.loaded.values());
      this.#entries.delete(key);
      held -= entry.bytes;
    }
  }
}
