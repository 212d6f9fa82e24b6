/** The potentials after one half-step, read from the device. */
export interface Snapshot {
  readonly halfStep: number;
  readonly f: Float32Array;
  readonly g: Float32Array;
  readonly epsilon: number;
}

/**
 * Default memory for kept potentials. A half-step changes half of them, so it holds over 16,000 half-steps of 1024 neurons,
 * or over 1000 of 14,336.
 */
const BUDGET_BYTES = 64 * 2 ** 20;

/**
 * Snapshots of a solve within a memory budget: of every half-step until the budget is full, then of every second, every
 * fourth, …. The first and the last are always kept.
 */
export class History {
  readonly #budget: number;
  #kept: Snapshot[] = [];
  #stride = 1;
  #bytes = 0;

  constructor(budgetBytes = BUDGET_BYTES) {
    this.#budget = budgetBytes;
  }

  /** Bytes of all snapshots. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True if `push` will keep this half-step; if not, its potentials need not be read from the device. */
  shouldKeep(halfStep: number): boolean {
    return (halfStep - (this.#kept[0]?.halfStep ?? halfStep)) % this.#stride === 0;
  }

  /** Adds a snapshot; half-steps must ascend. With `last` it is kept even if `shouldKeep` is false. */
  push(snapshot: Snapshot, last = false): void {
    if (!last && !this.shouldKeep(snapshot.halfStep)) return;
    const before = this.#kept.at(-1);
    if (before && !this.shouldKeep(before.halfStep)) {
      // It was kept only because it was the last one.
      this.#kept.pop();
      this.#bytes -= added(this.#kept.at(-1), before);
    }
    this.#bytes += added(this.#kept.at(-1), snapshot);
    this.#kept.push(snapshot);
    while (this.#bytes > this.#budget && this.#kept.length > 2) this.#thin(snapshot.halfStep);
  }

  /** Clamps a half-step (default the last) to the range of the solve so far; undefined before the first. */
  clampHalfStep(halfStep?: number): number | undefined {
    const [first] = this.#kept;
    const last = this.#kept.at(-1);
    if (!first || !last) return undefined;
    return Math.min(last.halfStep, Math.max(first.halfStep, halfStep ?? last.halfStep));
  }

  /** Returns the snapshot of the clamped half-step; undefined if it was evicted or the history is empty. */
  at(halfStep?: number): Snapshot | undefined {
    const asked = this.clampHalfStep(halfStep);
    return this.#kept.findLast((snapshot) => snapshot.halfStep === asked);
  }

  /** True if this half-step was evicted. */
  isEvicted(halfStep: number | undefined): boolean {
    return this.#kept.length > 0 && this.at(halfStep) === undefined;
  }

  /** The kept half-steps, ascending. */
  get halfSteps(): number[] {
    return this.#kept.map(({ halfStep }) => halfStep);
  }

  #thin(last: number): void {
    this.#stride *= 2;
    this.#kept = this.#kept.filter(({ halfStep }) => halfStep === last || this.shouldKeep(halfStep));
    this.#bytes = this.#kept.reduce((sum, snapshot, i) => sum + added(this.#kept[i - 1], snapshot), 0);
  }
}

/** Returns the bytes that a snapshot does not share with the one before. */
const added = (before: Snapshot | undefined, { f, g }: Snapshot): number =>
  (f === before?.f ? 0 : f.byteLength) + (g === before?.g ? 0 : g.byteLength);
