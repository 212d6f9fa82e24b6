import type { IterativeSolver } from '../../transport/iterative-solver';
import { takeHalfStep } from './half-step';
import type { Snapshot } from './history';
import { SerialQueue } from '../jobs/serial-queue';

/**
 * Recomputes evicted half-steps to the bit. It repeats the solve from its start, because potentials read from the device are
 * rounded. For ascending half-steps it continues from where it is.
 */
export class Replay {
  readonly #begin: () => IterativeSolver;
  readonly #queue = new SerialQueue();
  #solver: IterativeSolver | undefined;
  #last: Snapshot | undefined;

  constructor(begin: () => IterativeSolver) {
    this.#begin = begin;
  }

  /** Returns the potentials after a half-step. @throws AbortError between half-steps. */
  at(halfStep: number, signal: AbortSignal | undefined): Promise<Snapshot> {
    return this.#queue.run(() => this.#take(halfStep, signal), signal);
  }

  /** Frees the solver; a later `at` starts from the beginning. */
  free(): void {
    this.#solver?.free();
    this.#solver = undefined;
    this.#last = undefined;
  }

  async #take(halfStep: number, signal: AbortSignal | undefined): Promise<Snapshot> {
    if (this.#last?.halfStep === halfStep) return this.#last;
    if (this.#solver && this.#solver.halfSteps >= halfStep) this.free();
    try {
      if (!this.#solver) {
        this.#solver = this.#begin();
        await this.#solver.measure();
      }
      const solver = this.#solver;
      let { epsilon } = solver;
      while (solver.halfSteps < halfStep) ({ epsilon } = await takeHalfStep(solver, signal));
      const { f, g } = await solver.snapshot();
      this.#last = { halfStep, f, g, epsilon };
      return this.#last;
    } catch (error) {
      this.free();
      throw error;
    }
  }
}
