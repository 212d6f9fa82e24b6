import type { Potentials } from '../backend/operations';
import type { CostMatrix } from './cost';
import type { Plan } from './plan';
import type { PotentialsSnapshot } from './potentials';

/** The part of a solve that a half-step belongs to. */
export interface SolveStage {
  /** `scaling`: a stage of ε-scaling; `step`: a step of ProgOT; `trial`: a trial of the search for ε. */
  readonly name: 'scaling' | 'step' | 'trial';
  /** From 0. */
  readonly index: number;
  /** Largest possible number of stages. */
  readonly count: number;
}

/** State of a solve after a half-step. Half-step 0 is the start, odd ones update g (columns), even ones f (rows). */
export interface SolveFrame {
  readonly halfStep: number;
  /**
   * L1 error of the column marginal of the plan after the last row half-step. A column half-step makes the column marginal
   * exact; after it this is the error it removed. Unbalanced: deviation of the plan from the column marginal.
   */
  readonly marginalError: number;
  /** Unbalanced only, else NaN: largest change of f over the last iteration in units of ε. The solve ends when it is small. */
  readonly change: number;
  readonly epsilon: number;
  readonly stage: SolveStage;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onHalfStep?: ((frame: SolveFrame) => void | Promise<void>) | undefined;
}

/** A solver that can be observed and stopped between half-steps. It does not own the cost it is given. */
export abstract class IterativeSolver {
  /** The cost of the current potentials; ProgOT's steps use costs of their own. */
  abstract readonly cost: CostMatrix;
  abstract readonly potentials: Potentials;
  /** The current plan. It reads the solver's tensors: use it before the next half-step and before `free`. */
  abstract readonly plan: Plan;
  abstract readonly halfSteps: number;
  /** True if the result reached the tolerance; for ProgOT, if every step did. */
  abstract readonly converged: boolean;
  abstract readonly done: boolean;
  abstract readonly frame: SolveFrame;
  /**
   * Does one half-step. Reads the error back after a row half-step unless `check` is false.
   * @throws TransportError if the error is not finite; AbortError once `signal` is aborted.
   */
  abstract halfStep(check?: boolean, signal?: AbortSignal): Promise<void>;
  /**
   * Does some half-steps without waiting for the device after each, and reads back the error after the last.
   * @throws as `halfStep`.
   */
  abstract advance(signal?: AbortSignal): Promise<void>;
  /** Reads back the L1 error of the column marginal of the current plan. Only meaningful between full iterations. */
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

  /** Number of full iterations done. */
  get iterations(): number {
    return Math.floor(this.halfSteps / 2);
  }

  /**
   * Iterates from the current state until the tolerance or the cap is reached: half-step by half-step with an observer, else by
   * `advance`.
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
      if (!onHalfStep) {
        await this.advance(signal);
        continue;
      }
      await this.halfStep(true, signal);
      await onHalfStep(this.frame);
    }
  }
}
