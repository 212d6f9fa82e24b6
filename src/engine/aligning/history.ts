/** The potentials after one half-step, copied off the device. */
export interface Snapshot {
  readonly halfStep: number;
  readonly f: Float32Array;
  readonly g: Float32Array;
  readonly epsilon: number;
}

/**
 * What kept potentials may take. A half-step changes half of them, so this is over 16,000 half-steps of 1024 neurons, and
 * over 1000 of 14,336.
 */
const BUDGET_BYTES = 64 * 2 ** 20;

/**
 * The course of a solve, bounded in memory however long it takes: every half-step until the budget is spent, then every
 * second one, every fourth, …; the first and the last one always.
 */
export class History {
  readonly #budget: number;
  #kept: Snapshot[] = [];
  #stride = 1;
  #bytes = 0;

  constructor(budgetBytes = BUDGET_BYTES) {
    this.#budget = budgetBytes;
  }

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether this half-step is one to keep; copying potentials off the device is not free. */
  shouldKeep(halfStep: number): boolean {
    return (halfStep - (this.#kept[0]?.halfStep ?? halfStep)) % this.#stride === 0;
  }

  /** Half-steps are pushed in ascending order. `last` keeps one that `wants` would leave out. */
  push(snapshot: Snapshot, last = false): void {
    if (!last && !this.shouldKeep(snapshot.halfStep)) return;
    const before = this.#kept.at(-1);
    if (before && !this.shouldKeep(before.halfStep)) {
      // It stayed as the last one when those before it were thinned.
      this.#kept.pop();
      this.#bytes -= added(this.#kept.at(-1), before);
    }
    this.#bytes += added(this.#kept.at(-1), snapshot);
    this.#kept.push(snapshot);
    while (this.#bytes > this.#budget && this.#kept.length > 2) this.#thin(snapshot.halfStep);
  }

  /** The half-step that is asked for, within those there are (default the last); undefined before the first. */
  clampHalfStep(halfStep?: number): number | undefined {
    const [first] = this.#kept;
    const last = this.#kept.at(-1);
    if (!first || !last) return undefined;
    return Math.min(last.halfStep, Math.max(first.halfStep, halfStep ?? last.halfStep));
  }

  /** The last of those within, or this very one; undefined where it was thinned out, or there is none yet. */
  at(halfStep?: number): Snapshot | undefined {
    const asked = this.clampHalfStep(halfStep);
    return this.#kept.findLast((snapshot) => snapshot.halfStep === asked);
  }

  /** Whether a half-step that there was is no longer kept. */
  isEvicted(halfStep: number | undefined): boolean {
    return this.#kept.length > 0 && this.at(halfStep) === undefined;
  }

  /** The half-steps that are kept, ascending. */
  get halfSteps(): number[] {
    return this.#kept.map(({ halfStep }) => halfStep);
  }

  #thin(last: number): void {
    this.#stride *= 2;
    this.#kept = this.#kept.filter(({ halfStep }) => halfStep === last || this.shouldKeep(halfStep));
    this.#bytes = this.#kept.reduce((sum, snapshot, i) => sum + added(this.#kept[i - 1], snapshot), 0);
  }
}

/** Bytes of what a snapshot does not share with the one before. */
const added = (before: Snapshot | undefined, { f, g }: Snapshot): number =>
  (f === before?.f ? 0 : f.byteLength) + (g === before?.g ? 0 : g.byteLength);
