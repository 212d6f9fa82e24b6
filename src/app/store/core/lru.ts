/** Keeps the most recently used values up to a total size; the least recently used go first. */
export class Lru<V> {
  readonly #entries = new Map<string, { value: V; size: number }>();
  #total = 0;
  readonly #limit: number;

  /** @param limit in the unit of the sizes given to `set`. */
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

  /** A value larger than the limit is kept alone until the next one comes. */
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
