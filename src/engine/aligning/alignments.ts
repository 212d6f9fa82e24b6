import type { Alignment, AlignmentSpec } from './alignment';
import { AlignmentGoneError } from '../jobs/errors';
import type { Snapshot } from './history';
import type { CacheKey } from '../workspace/workspace';

/** What kept alignments may take on the device together; the newest stays however large it is. */
const BUDGET_BYTES = 256 * 2 ** 20;

const MOST_LEFT = 8;

/** Kept alignments by key, least recently used first. */
export class Alignments {
  /** Alignments that went with a lost device, and how to make them again. */
  readonly lost: Map<string, AlignmentSpec>;
  readonly #budget: number;
  readonly #held = new Map<string, Alignment>();
  /** The last potentials of those let go most recently, so that a solve that was cancelled can be gone on from. */
  readonly #left = new Map<string, Snapshot>();

  constructor(lost = new Map<string, AlignmentSpec>(), budgetBytes = BUDGET_BYTES) {
    this.lost = lost;
    this.#budget = budgetBytes;
  }

  /** Finished alignments, and those lost before. */
  get specs(): Map<string, AlignmentSpec> {
    const specs = new Map(this.lost);
    for (const { key, inputs, result } of this.#held.values()) if (result) specs.set(key, inputs.spec);
    return specs;
  }

  /** The last potentials of an alignment, which may be forming or have been let go a little while ago. */
  potentialsOf(key: string): Snapshot | undefined {
    return this.#held.get(key)?.history.at() ?? this.#left.get(key);
  }

  /** The alignment of a key, which counts as a use of it. */
  get(key: string): Alignment | undefined {
    const alignment = this.#held.get(key);
    if (alignment) {
      this.#held.delete(key);
      this.#held.set(key, alignment);
    }
    return alignment;
  }

  /** The one used last of those that fit; no use of it. */
  find(fits: (alignment: Alignment) => boolean): Alignment | undefined {
    return [...this.#held.values()].findLast(fits);
  }

  /** @throws AlignmentGoneError when it is not held. */
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

  /** Drops the least recently used until `bytes` more fit, but not the newest for its own size. */
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
    if (last) this.#left.set(alignment.key, last);
    const [oldest] = this.#left.keys();
    if (this.#left.size > MOST_LEFT && oldest !== undefined) this.#left.delete(oldest);
    alignment.drop();
  }

  clear(): void {
    this.lost.clear();
    for (const alignment of this.#held.values()) this.remove(alignment);
    this.#left.clear();
  }
}

/** The alignments of a workspace. Those that were finished are made again on a new device when they are asked for. */
export const alignments: CacheKey<Alignments, Map<string, AlignmentSpec>> = {
  make: (_, lost) => new Alignments(lost),
  clear: (kept) => kept.clear(),
  carry: (kept) => kept.specs,
};
