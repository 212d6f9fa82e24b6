import type { Potentials } from '../backend/operations';
import type { CostMatrix } from './cost';
import type { Plan } from './plan';
import type { PotentialsSnapshot } from './potentials';

/** Which part of a solve a half-step belongs to. */
export interface SolveStage {
  /** A larger ε on the way to the one asked for; a step of ProgOT; a trial of the search for an ε. */
  readonly name: 'scaling' | 'step' | 'trial';
  /** From 0. */
  readonly index: number;
  /** The most there can be. */
  readonly count: number;
}

/** Where a solve stands after a half-step. Half-step 0 is the start, odd ones set g (columns), even ones f (rows). */
export interface SolveFrame {
  readonly halfStep: number;
  /**
   * L1 error of the column marginal of the last plan whose rows were updated. A column half-step meets the columns and
   * unsettles the rows, so after it this is the error it removed. Unbalanced: how far the plan leaves the column marginal.
   */
  readonly marginalError: number;
  /** Unbalanced only: the largest change of f over the last iteration, in units of ε; it ends the solve. Else NaN. */
  readonly change: number;
  readonly epsilon: number;
  readonly stage: SolveStage;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onHalfStep?: ((frame: SolveFrame) => void | Promise<void>) | undefined;
}

/** A solve of a transport problem that can be watched and stopped between half-steps. It does not own the cost it is given. */
export abstract class IterativeSolver {
  /** The cost the current potentials belong to; not always the one that was given. */
  abstract readonly cost: CostMatrix;
  abstract readonly potentials: Potentials;
  /** The plan as it stands. It reads the solver's tensors: use it before the next half-step and before `free`. */
  abstract readonly plan: Plan;
  abstract readonly halfSteps: number;
  /** Whether all it did reached its tolerance. */
  abstract readonly converged: boolean;
  abstract readonly done: boolean;
  abstract readonly frame: SolveFrame;
  /** Whether `run` reads the error back after the next half-step even when nobody watches. */
  protected abstract readonly checkIsDue: boolean;

  /**
   * One half-step. The error is read back after a row half-step unless `check` is false.
   * @throws TransportError when the error is not finite; AbortError once `signal` is aborted.
   */
  abstract halfStep(check?: boolean, signal?: AbortSignal): Promise<void>;
  /** Reads the L1 error of the column marginal of the current plan. Only meaningful between full iterations. */
  abstract measure(): Promise<number>;
  /** Copies the current potentials off the device. */
  abstract snapshot(): Promise<PotentialsSnapshot>;
  abstract free(): void;

  /** The current ε. */
  get epsilon(): number {
    return this.potentials.epsilon;
  }

  /** See `SolveFrame`; NaN before the first measurement. */
  get marginalError(): number {
    return this.frame.marginalError;
  }

  /** Full iterations done. */
  get iterations(): number {
    return Math.floor(this.halfSteps / 2);
  }

  /**
   * Iterates until the tolerance or the cap is reached; goes on from where the solve stands. With an observer the error
   * is known at every frame, otherwise it is read back only now and then.
   * @throws AbortError between half-steps once `signal` is aborted; TransportError as `halfStep`.
   */
  async run({ signal, onHalfStep }: RunOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    if (onHalfStep && this.halfSteps === 0) {
      await this.measure();
      await onHalfStep(this.frame);
    }
    while (!this.done) {
      signal?.throwIfAborted();
      await this.halfStep(onHalfStep !== undefined || this.checkIsDue, signal);
      await onHalfStep?.(this.frame);
    }
  }
}
