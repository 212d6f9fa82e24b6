/** Stores bytes by name from one visit to the next. */
export interface ByteStore {
  /** Returns undefined if nothing is stored under that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Writes atomically. @returns true if the bytes outlast this visit. @throws ByteStoreError if there is no room. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  remove(name: string): Promise<void>;
  /** Returns the names under which something is stored. */
  list(): Promise<readonly string[]>;
}

/** Bytes could not be stored or read. */
export class ByteStoreError extends Error {
  override name = 'ByteStoreError';
}

/** Stores bytes in memory, until the engine ends. */
export class MemoryByteStore implements ByteStore {
  readonly #kept = new Map<string, Uint8Array>();

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#kept.get(name);
  }

  async write(name: string, bytes: Uint8Array): Promise<boolean> {
    this.#kept.set(name, bytes);
    return false;
  }

  async remove(name: string): Promise<void> {
    this.#kept.delete(name);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#kept.keys()];
  }
}
