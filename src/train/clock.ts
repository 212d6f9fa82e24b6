/** Milliseconds of each part of a step. */
export interface StepTimes {
  readonly forward: number;
  readonly backward: number;
  readonly optimizer: number;
}

/** Adds up the milliseconds of each part of a step. */
export class Clock {
  readonly times = { forward: 0, backward: 0, optimizer: 0 };
  #mark = performance.now();

  /** Adds the time since the last lap to `part`. */
  lap(part: keyof StepTimes): void {
    const now = performance.now();
    this.times[part] += now - this.#mark;
    this.#mark = now;
  }
}
