/** How many of the last times count. */
const MOST = 20;
/** A time this many times longer than the median does not count: the computer slept, or the first time compiled kernels. */
const LONGEST = 5;

/** Mean of the last times in ms, without those that are far too long to be typical. */
export class MeanTime {
  #times: number[] = [];

  add(ms: number): void {
    this.#times = [...this.#times, ms].slice(-MOST);
  }

  /** Adds to the last time. */
  extend(ms: number): void {
    const last = this.#times.pop();
    if (last !== undefined) this.#times.push(last + ms);
  }

  get ms(): number | undefined {
    if (this.#times.length === 0) return undefined;
    const sorted = this.#times.toSorted((a, b) => a - b);
    const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    const typical = sorted.filter((ms) => ms <= LONGEST * median);
    return typical.reduce((sum, ms) => sum + ms, 0) / Math.max(1, typical.length);
  }
}
