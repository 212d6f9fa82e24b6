import type { Alignment } from './alignment';

/** Caches one value of a job per alignment, as long as the alignment lives. */
export class AlignmentCache<T> {
  readonly #make: () => T;
  readonly #held = new WeakMap<Alignment, T>();

  constructor(make: () => T) {
    this.#make = make;
  }

  /** Returns the value of this alignment, created by `make` on first use. */
  of(alignment: Alignment): T {
    const held = this.#held.get(alignment) ?? this.#make();
    this.#held.set(alignment, held);
    return held;
  }
}
