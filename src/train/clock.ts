/** Milliseconds of each part of a step. */
export interface StepTimes {
  readonly forward: number;
  readonly backward: number;
  readonly optimizer: number;
}

/** Adds up the milliseconds of each part of a step. */
export class Clock {
  readonly times = { forward: 0, backward: 0, optimizer: 0 };
  readonly #start = performance.now();
  #mark = this.#start;

  /** Time since the clock was made. */
  get total(): number {
    return performance.now() - this.#start;
  }

  /** Adds the time since the last lap to `part`. */
  lap(part: keyof StepTimes): void {
    const now = performance.now();
    this.times[part] += now - this.#mark;
    this.#mark = now;
  }
}

/** Returns `milliseconds` divided into parts in the proportions of `times`. */
export function divided(milliseconds: number, { forward, backward, optimizer }: StepTimes): StepTimes {
  const scale = milliseconds / (forward + backward + optimizer);
  return { forward: scale * forward, backward: scale * backward, optimizer: scale * optimizer };
}
