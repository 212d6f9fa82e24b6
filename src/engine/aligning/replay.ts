import type { IterativeSolver } from '../../transport/iterative';
import { takeHalfStep } from './half-step';
import type { Snapshot } from './history';
import { SerialQueue } from '../jobs/serial-queue';

/**
 * Half-steps that the history thinned out, to the bit: the same solve once more from its start, since potentials copied
 * off the device are rounded. It goes on from where it stands as long as later ones are asked for.
 */
export class Replay {
  readonly #begin: () => IterativeSolver;
  readonly #queue = new SerialQueue();
  #solver: IterativeSolver | undefined;
  #last: Snapshot | undefined;

  constructor(begin: () => IterativeSolver) {
    this.#begin = begin;
  }

  /** @throws AbortError between half-steps. */
  at(halfStep: number, signal: AbortSignal | undefined): Promise<Snapshot> {
    return this.#queue.run(() => this.#take(halfStep, signal), signal);
  }

  /** Lets go of the solve; a later `at` begins anew. */
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
