import type { IterativeSolver } from '../../transport/iterative-solver';
import type { Alignment } from './alignment';
import { takeHalfStep } from './half-step';

/** Takes half-steps of a solver, and records errors and snapshots of potentials. */
export class Recorder {
  /** Marginal error by half-step; NaN if a random start is so far off that its error overflows. */
  readonly errors: number[] = [];
  readonly #alignment: Alignment;
  readonly #solver: IterativeSolver;
  #f: Float32Array | undefined;
  #g: Float32Array | undefined;

  constructor(alignment: Alignment, solver: IterativeSolver) {
    this.#alignment = alignment;
    this.#solver = solver;
  }

  /**
   * True if the plan can be drawn and is recorded: with ProgOT only in the last step, because every step has a cost of its
   * own, which is freed with the step.
   */
  get showsPlan(): boolean {
    const { name, index, count } = this.#solver.frame.stage;
    return name !== 'step' || index === count - 1;
  }

  async start(): Promise<void> {
    await this.#solver.measure();
    await this.#record(this.#solver.epsilon);
  }

  async halfStep(signal: AbortSignal | undefined): Promise<void> {
    const solver = this.#solver;
    const { halfSteps, cost } = solver;
    const { epsilon, restarted } = await takeHalfStep(solver, signal);
    // The unbalanced solver also shifts a constant between f and g, so both change.
    const both = restarted || solver.plan.kind === 'unbalanced';
    if (both || halfSteps % 2 === 0) this.#g = undefined;
    if (both || halfSteps % 2 === 1) this.#f = undefined;
    if (cost !== solver.cost) this.#alignment.formingCost = solver.cost;
    await this.#record(epsilon);
  }

  async #record(epsilon: number): Promise<void> {
    const { backend, history } = this.#alignment;
    const { halfSteps, marginalError, done, potentials } = this.#solver;
    this.errors.push(Number.isFinite(marginalError) ? marginalError : Number.NaN);
    if (!this.showsPlan || (!done && !history.shouldKeep(halfSteps))) return;
    // Potentials that this half-step did not change are shared with the previous snapshot.
    this.#f ??= await backend.read(potentials.f);
    this.#g ??= await backend.read(potentials.g);
    history.push({ halfStep: halfSteps, f: this.#f, g: this.#g, epsilon }, done);
  }
}
