/** A cache with a size limit that evicts the least recently used values. */
export class LruCache<V> {
  readonly #entries = new Map<string, { value: V; size: number }>();
  #total = 0;
  readonly #limit: number;

  /** @param limit total size, in the unit of the sizes passed to `set`. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Adds a value. One larger than the limit evicts all others and stays until the next `set`. */
  set(key: string, value: V, size: number): void {
    this.#remove(key);
    this.#entries.set(key, { value, size });
    this.#total += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#total <= this.#limit || this.#entries.size === 1) break;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#total = 0;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#total -= entry.size;
  }
}
