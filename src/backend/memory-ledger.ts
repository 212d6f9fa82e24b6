/** What a tensor is for: the owner says it with `TensorStore.countAs`; until then a tensor counts as `other`. */
export const MEMORY_KINDS = ['weights', 'costs', 'plans', 'activations', 'optimizer', 'other'] as const;

export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** Bytes of each kind; they add up to the bytes of all tensors. */
export type MemoryByKind = Readonly<Record<MemoryKind, number>>;

const none = (): Record<MemoryKind, number> => ({
  weights: 0,
  costs: 0,
  plans: 0,
  activations: 0,
  optimizer: 0,
  other: 0,
});

/** Counts the bytes of a backend's tensors, in all and by kind, now and when most were in use. */
export class MemoryLedger {
  #bytes = 0;
  #peak = 0;
  #now = none();
  #atPeak = none();

  get bytes(): number {
    return this.#bytes;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  /** Bytes in use by kind. */
  get byKind(): MemoryByKind {
    return { ...this.#now };
  }

  /** Bytes by kind when most were in use. */
  get peakByKind(): MemoryByKind {
    return { ...this.#atPeak };
  }

  /** Counts bytes that a tensor of this kind takes, or gives back if negative. */
  add(kind: MemoryKind, bytes: number): void {
    this.#now[kind] += bytes;
    this.#bytes += bytes;
    if (this.#bytes > this.#peak) this.#notePeak();
  }

  /** Counts bytes under another kind. */
  move(bytes: number, from: MemoryKind, to: MemoryKind): void {
    this.#now[from] -= bytes;
    this.#now[to] += bytes;
    // A tensor is created first and then counted as what it is for, so that the peak may have seen it as something else.
    if (this.#bytes === this.#peak) this.#notePeak();
  }

  /** Forgets all bytes in use; the peak stays. */
  clear(): void {
    this.#bytes = 0;
    this.#now = none();
  }

  #notePeak(): void {
    this.#peak = this.#bytes;
    this.#atPeak = { ...this.#now };
  }
}
