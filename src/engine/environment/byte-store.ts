/** Where bytes are kept by name from one visit to the next. */
export interface ByteStore {
  /** Undefined where nothing is kept under that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Whole or not at all. @returns whether it outlasts this visit. @throws ShelfError where there is no room. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/** Something could not be kept. */
export class ByteStoreError extends Error {
  override name = 'ByteStoreError';
}

/** Keeps until the engine ends. */
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
}
