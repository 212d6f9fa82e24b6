import type { Potentials } from '../backend/operations';
import type { CostMatrix } from './cost';
import { IterativeSolver, type SolveFrame, type SolveStage } from './iterative-solver';
import type { Plan } from './plan';
import type { PotentialsSnapshot } from './potentials';
import type { Sinkhorn } from './sinkhorn';

/** Creates the next solve and frees the one before. */
export type NextSolve = (signal: AbortSignal | undefined) => Promise<Sinkhorn>;

/** A sequence of Sinkhorn solves, each set up from the result of the one before. Half-steps are counted over all of them. */
export abstract class StagedSolver extends IterativeSolver {
  #inner: Sinkhorn;
  #next: NextSolve | undefined;
  #stage = 0;
  /** Number of half-steps of earlier solves. */
  #before = 0;

  protected constructor(first: Sinkhorn) {
    super();
    this.#inner = first;
  }

  /** Called when a solve has ended. Returns undefined after the last one. */
  protected abstract nextSolve(ended: Sinkhorn, stage: number): Promise<NextSolve | undefined>;
  protected abstract stageOf(index: number): SolveStage;

  protected get inner(): Sinkhorn {
    return this.#inner;
  }

  get cost(): CostMatrix {
    return this.#inner.cost;
  }

  get potentials(): Potentials {
    return this.#inner.potentials;
  }

  get plan(): Plan {
    return this.#inner.plan;
  }

  get halfSteps(): number {
    return this.#before + this.#inner.halfSteps;
  }

  get done(): boolean {
    return this.#inner.done && this.#next === undefined;
  }

  get frame(): SolveFrame {
    return { ...this.#inner.frame, halfStep: this.halfSteps, stage: this.stageOf(this.#stage) };
  }

  halfStep(check = true, signal?: AbortSignal): Promise<void> {
    return this.#inSolve(() => this.#inner.halfStep(check, signal), signal);
  }

  advance(signal?: AbortSignal): Promise<void> {
    return this.#inSolve(() => this.#inner.advance(signal), signal);
  }

  /** Creates the next solve if it is due, and asks for the one after it if `work` ends this one. */
  async #inSolve(work: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    if (this.#next) {
      const before = this.halfSteps;
      this.#inner = await this.#next(signal);
      this.#next = undefined;
      this.#before = before;
      this.#stage++;
    }
    await work();
    if (this.#inner.done) this.#next = await this.nextSolve(this.#inner, this.#stage);
  }

  measure(): Promise<number> {
    return this.#inner.measure();
  }

  snapshot(): Promise<PotentialsSnapshot> {
    return this.#inner.snapshot();
  }

  free(): void {
    this.#inner.free();
  }
}
