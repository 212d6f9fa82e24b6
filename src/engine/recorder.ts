import type { Sinkhorn } from '../transport/sinkhorn';
import type { Alignment } from './alignment';

/** Takes half-steps and writes down what came of them. */
export class Recorder {
  /** By half-step; NaN where a random start is so far off that its error overflows. */
  readonly errors: number[] = [];
  readonly #alignment: Alignment;
  readonly #sinkhorn: Sinkhorn;
  #f: Float32Array | undefined;
  #g: Float32Array | undefined;

  constructor(alignment: Alignment, sinkhorn: Sinkhorn) {
    this.#alignment = alignment;
    this.#sinkhorn = sinkhorn;
  }

  async start(): Promise<void> {
    await this.#sinkhorn.measure();
    await this.#record(this.#sinkhorn.epsilon);
  }

  async halfStep(): Promise<void> {
    // With ε-scaling the half-step may end on the next stage's ε; its potentials belong to this one's.
    const { epsilon, halfSteps } = this.#sinkhorn;
    await this.#sinkhorn.halfStep();
    if (halfSteps % 2 === 0) this.#g = undefined;
    else this.#f = undefined;
    await this.#record(epsilon);
  }

  async #record(epsilon: number): Promise<void> {
    const { backend, history } = this.#alignment;
    const { halfSteps, marginalError, done, f, g } = this.#sinkhorn;
    this.errors.push(Number.isFinite(marginalError) ? marginalError : Number.NaN);
    if (!done && !history.wants(halfSteps)) return;
    // Potentials that this half-step did not change are shared with the snapshot before.
    this.#f ??= await backend.read(f);
    this.#g ??= await backend.read(g);
    history.push({ halfStep: halfSteps, f: this.#f, g: this.#g, epsilon }, done);
  }
}
