import { Random } from '../../random';

/** Half the distance of 1 to the next float32. */
export const UNIT = 2 ** -24;
/** Devices may flush numbers below this to zero. */
const SMALLEST_NORMAL = 2 ** -126;

/**
 * How the twin rounds. Exact: not at all, beyond float64. With a seed: every result of an operation is moved by a random part of the
 * most that float32 arithmetic may be off there, so that several seeds show how far rounding alone can take an answer. Then no bound
 * has to be derived by hand for chains of operations (a plan that decides the cost of another plan), and ill-posed draws show
 * themselves: their perturbed twins disagree.
 */
export class Rounding {
  readonly #random: Random | undefined;

  constructor(seed?: number) {
    this.#random = seed === undefined ? undefined : new Random(seed);
  }

  get exact(): boolean {
    return this.#random === undefined;
  }

  /**
   * Returns `value`, moved by at most `terms` roundings of numbers of size `magnitude`. A sum of k products in any order is off by at
   * most k roundings of Σ|aᵢbᵢ| (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
   */
  near(value: number, terms: number, magnitude = Math.abs(value)): number {
    if (!this.#random) return value;
    return value + this.sign() * (terms * UNIT * magnitude + SMALLEST_NORMAL);
  }

  /** Returns a random number in −1 … 1; 0 if exact. */
  sign(): number {
    return this.#random ? 2 * this.#random.uniform() - 1 : 0;
  }
}
