import type { Alignment, AlignmentSpec } from './alignment';
import { AlignmentGoneError } from '../jobs/errors';
import type { Snapshot } from './history';
import type { CacheKey } from '../workspace/workspace';

/** Default memory for all alignments together; the newest stays whatever its size. */
const BUDGET_BYTES = 256 * 2 ** 20;

const MAX_EVICTED = 8;

/** LRU cache of alignments by key. */
export class Alignments {
  /** Specs of alignments that were lost with a device. */
  readonly lost: Map<string, AlignmentSpec>;
  readonly #budget: number;
  readonly #held = new Map<string, Alignment>();
  /** Last potentials of the alignments removed most recently, so that a cancelled solve can be continued. */
  readonly #evicted = new Map<string, Snapshot>();

  constructor(lost = new Map<string, AlignmentSpec>(), budgetBytes = BUDGET_BYTES) {
    this.lost = lost;
    this.#budget = budgetBytes;
  }

  /** Specs of finished alignments, and of those lost before. */
  get specs(): Map<string, AlignmentSpec> {
    const specs = new Map(this.lost);
    for (const { key, inputs, result } of this.#held.values()) if (result) specs.set(key, inputs.spec);
    return specs;
  }

  /** Returns the last potentials of an alignment that is held or was removed recently. */
  potentialsOf(key: string): Snapshot | undefined {
    return this.#held.get(key)?.history.at() ?? this.#evicted.get(key);
  }

  /** Returns the alignment of this key and marks the entry as recently used. */
  get(key: string): Alignment | undefined {
    const alignment = this.#held.get(key);
    if (alignment) {
      this.#held.delete(key);
      this.#held.set(key, alignment);
    }
    return alignment;
  }

  /** Returns the most recently used alignment that fits, without marking it as used. */
  find(fits: (alignment: Alignment) => boolean): Alignment | undefined {
    return [...this.#held.values()].findLast(fits);
  }

  /** Like `get`. @throws AlignmentGoneError if the alignment is not held. */
  require(key: string): Alignment {
    const alignment = this.get(key);
    if (alignment) return alignment;
    throw new AlignmentGoneError(
      'expected an alignment that is still held, got one that was dropped or never made: align again',
    );
  }

  add(alignment: Alignment): void {
    this.#held.get(alignment.key)?.drop();
    this.#held.delete(alignment.key);
    this.#held.set(alignment.key, alignment);
    this.makeRoom(0);
  }

  /** Evicts the least recently used until `bytes` more fit. With 0 bytes it keeps the newest whatever its size. */
  makeRoom(bytes: number): void {
    let total = bytes;
    for (const alignment of this.#held.values()) total += alignment.bytes;
    for (const alignment of this.#held.values()) {
      if (total <= this.#budget || (bytes === 0 && this.#held.size === 1)) return;
      total -= alignment.bytes;
      this.remove(alignment);
    }
  }

  remove(alignment: Alignment): void {
    if (this.#held.get(alignment.key) === alignment) this.#held.delete(alignment.key);
    const last = alignment.history.at();
    if (last) this.#evicted.set(alignment.key, last);
    const [oldest] = this.#evicted.keys();
    if (this.#evicted.size > MAX_EVICTED && oldest !== undefined) this.#evicted.delete(oldest);
    alignment.drop();
  }

  clear(): void {
    this.lost.clear();
    for (const alignment of this.#held.values()) this.remove(alignment);
    this.#evicted.clear();
  }
}

/** The workspace's alignments. On a new device finished ones are solved again when they are requested. */
export const alignments: CacheKey<Alignments, Map<string, AlignmentSpec>> = {
  make: (_, lost) => new Alignments(lost),
  clear: (kept) => kept.clear(),
  carry: (kept) => kept.specs,
};
