/** The potentials after one half-step, copied off the device. */
export interface Snapshot {
  readonly halfStep: number;
  readonly f: Float32Array;
  readonly g: Float32Array;
  readonly epsilon: number;
}

/** Every half-step is kept up to here, then every second one, every fourth, …; the last one always. */
const MOST_KEPT = 600;

/** The course of a solve, bounded in memory however long it takes. */
export class History {
  #kept: Snapshot[] = [];
  #stride = 1;

  /** Whether this half-step is one to keep; copying potentials off the device is not free. */
  wants(halfStep: number): boolean {
    return halfStep % this.#stride === 0;
  }

  /** Half-steps are pushed in ascending order. `last` keeps one that `wants` would leave out. */
  push(snapshot: Snapshot, last = false): void {
    if (!last && !this.wants(snapshot.halfStep)) return;
    this.#kept.push(snapshot);
    if (this.#kept.length <= MOST_KEPT) return;
    this.#stride *= 2;
    this.#kept = this.#kept.filter(({ halfStep }) => halfStep === snapshot.halfStep || this.wants(halfStep));
  }

  /** The one kept at or before a half-step, or the last of all; undefined before the first. */
  at(halfStep?: number): Snapshot | undefined {
    if (halfStep === undefined) return this.#kept.at(-1);
    return this.#kept.findLast((snapshot) => snapshot.halfStep <= halfStep) ?? this.#kept[0];
  }

  /** The half-steps that are kept, ascending. */
  get halfSteps(): number[] {
    return this.#kept.map(({ halfStep }) => halfStep);
  }
}
