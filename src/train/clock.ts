import { now } from '../now';

/** Milliseconds of each part of a step. */
export interface StepTimes {
  readonly forward: number;
  readonly backward: number;
  readonly optimizer: number;
}

/** Adds up the milliseconds of each part of a step. */
export class Clock {
  readonly times = { forward: 0, backward: 0, optimizer: 0 };
  readonly #start = now();
  #mark = this.#start;

  /** Time since the clock was made. */
  get total(): number {
    return now() - this.#start;
  }

  /** Adds the time since the last lap to `part`. */
  lap(part: keyof StepTimes): void {
    const time = now();
    this.times[part] += time - this.#mark;
    this.#mark = time;
  }
}

/** Returns `milliseconds` divided into parts in the proportions of `times`; in equal parts if a coarse clock shows none. */
export function divided(milliseconds: number, { forward, backward, optimizer }: StepTimes): StepTimes {
  const sum = forward + backward + optimizer;
  const share = (part: number): number => milliseconds * (sum > 0 ? part / sum : 1 / 3);
  return { forward: share(forward), backward: share(backward), optimizer: share(optimizer) };
}
