import type { Alignment } from './alignment';

/** What one job remembers of every alignment that it has looked at. It goes when the alignment goes. */
export class AlignmentCache<T> {
  readonly #make: () => T;
  readonly #held = new WeakMap<Alignment, T>();

  constructor(make: () => T) {
    this.#make = make;
  }

  /** What is remembered of this alignment; at first what `make` returns. */
  of(alignment: Alignment): T {
    const held = this.#held.get(alignment) ?? this.#make();
    this.#held.set(alignment, held);
    return held;
  }
}
