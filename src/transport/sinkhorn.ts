import type { Backend, Potentials, Tensor } from '../backend/operations';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';
import type { PotentialsSnapshot } from './potentials';
import { normals } from './random';
import { epsilonStages } from './stages';

export interface SinkhornOptions {
  /** Entropic regularisation in units of the cost. */
  readonly epsilon: number;
  /** Stop at this L1 error of the column marginal. */
  readonly tolerance: number;
  /** Full iterations (a column and a row half-step each), ε-scaling included. */
  readonly maxIterations: number;
  /** 0 (default) starts at zero potentials; any other seed at normal ones, with a quarter of the cost's range as scale. */
  readonly seed?: number;
}

/** Where a solve stands after a half-step. Half-step 0 is the start, odd ones set g (columns), even ones f (rows). */
export interface SinkhornFrame {
  readonly halfStep: number;
  /**
   * L1 error of the column marginal of the last plan whose rows were updated. A column half-step meets the columns and
   * unsettles the rows, so after it this is the error it removed.
   */
  readonly marginalError: number;
  readonly epsilon: number;
}

/** A stage before the last ends at this error, or after this many iterations. */
const STAGE_TOLERANCE = 1e-2;
const STAGE_ITERATIONS = 50;
/** Unobserved, the error is read back after the first iterations and then only every so often. */
const FIRST_CHECKS = 3;
const CHECK_EVERY = 10;
/**
 * Cells of the cost visited between two waits for the backend: some milliseconds of work. Waiting after every half-step
 * would cost a GPU more than the half-step of a small problem.
 */
const SETTLE_CELLS = { webgpu: 2 ** 24, cpu: 2 ** 20 } as const;

/**
 * Entropic optimal transport with uniform marginals, min ⟨T, M⟩ + ε Σ T (log T − 1), by Sinkhorn's alternating updates
 * in the log domain (method.md 9.2), one half-step at a time: columns (g), then rows (f), so that after every full
 * iteration the rows of T_ij = exp((f_i + g_j − M_ij)/ε) sum to 1/n exactly. A cost whose range is large against ε is
 * approached through a sequence of decreasing ε (9.3).
 */
export class Sinkhorn {
  readonly f: Tensor;
  readonly g: Tensor;
  readonly #backend: Backend;
  readonly #cost: CostMatrix;
  readonly #options: SinkhornOptions;
  readonly #stages: readonly number[];
  readonly #stageCap: number;
  readonly #columnState: Tensor;
  /** Whether `#columnState` holds the sums of the current f and ε. */
  #columnSumsKnown = false;
  #stage = 0;
  #stageIterations = 0;
  #halfSteps = 0;
  #unsettledCells = 0;
  #marginalError = Number.NaN;
  #measured = false;
  #converged = false;

  /** @throws TransportError for an ε, tolerance or cap outside its range. */
  constructor(backend: Backend, cost: CostMatrix, options: SinkhornOptions) {
    checkOptions(options);
    this.#backend = backend;
    this.#cost = cost;
    this.#options = options;
    const { stages, cap } = epsilonStages(cost, options.epsilon, options.maxIterations, STAGE_ITERATIONS);
    this.#stages = stages;
    this.#stageCap = cap;
    const { rows, columns } = cost;
    const seed = options.seed ?? 0;
    const start = seed === 0 ? new Float32Array(rows + columns) : normals(rows + columns, seed);
    const scale = (cost.maximum - cost.minimum) / 4;
    const scaled = start.map((value) => value * scale);
    this.f = backend.upload(scaled.slice(0, rows), [rows], 'f32', 'row potentials');
    this.g = backend.upload(scaled.slice(rows), [columns], 'f32', 'column potentials');
    this.#columnState = backend.zeros([2, columns], 'column sums');
  }

  /** The current ε; above the one asked for while ε-scaling. */
  get epsilon(): number {
    return this.#stages[this.#stage] ?? this.#options.epsilon;
  }

  get potentials(): Potentials {
    return { f: this.f, g: this.g, epsilon: this.epsilon };
  }

  get halfSteps(): number {
    return this.#halfSteps;
  }

  /** Full iterations done. */
  get iterations(): number {
    return Math.floor(this.#halfSteps / 2);
  }

  /** Whether the error asked for was reached at the ε asked for. */
  get converged(): boolean {
    return this.#converged;
  }

  /** See `SinkhornFrame`; NaN before the first measurement. */
  get marginalError(): number {
    return this.#marginalError;
  }

  get done(): boolean {
    return this.#converged || this.iterations >= this.#options.maxIterations;
  }

  get frame(): SinkhornFrame {
    return { halfStep: this.#halfSteps, marginalError: this.#marginalError, epsilon: this.epsilon };
  }

  /**
   * One half-step. The error is read back after a row half-step unless `check` is false; that costs no extra pass, the
   * column sums it needs are those of the next half-step.
   * @throws TransportError when the error is not finite.
   */
  async halfStep(check = true): Promise<void> {
    if (this.#halfSteps % 2 === 0) {
      await this.#sumColumns();
      this.#backend.free(this.#columnPotential(true));
      this.#halfSteps++;
    } else {
      const logMarginal = -Math.log(this.#cost.rows);
      const potentials = this.potentials;
      await this.#cost.forEach((band) => this.#backend.rowPotential(band, potentials, logMarginal));
      this.#columnSumsKnown = false;
      this.#measured = false;
      this.#halfSteps++;
      this.#stageIterations++;
      if (check) await this.measure();
      this.#advance();
    }
    this.#unsettledCells += this.#cost.rows * this.#cost.columns;
    if (this.#unsettledCells < SETTLE_CELLS[this.#backend.info.kind]) return;
    this.#unsettledCells = 0;
    await this.#backend.settle();
  }

  /** Reads the L1 error of the column marginal of the current plan. Only meaningful between full iterations. */
  async measure(): Promise<number> {
    await this.#sumColumns();
    const error = this.#columnPotential(false);
    try {
      const [value = Number.NaN] = await this.#backend.read(error);
      this.#marginalError = value;
    } finally {
      this.#backend.free(error);
    }
    if (this.#halfSteps > 0 && !Number.isFinite(this.#marginalError)) {
      throw new TransportError(
        `Sinkhorn: expected a finite plan, got a marginal error of ${this.#marginalError} after ${this.iterations} ` +
          `iterations at ε = ${this.epsilon} with costs up to ${this.#cost.maximum}. Choose a larger ε.`,
      );
    }
    this.#measured = true;
    return this.#marginalError;
  }

  /**
   * Iterates until the tolerance or the cap is reached; goes on from where the solve stands. With an observer the error
   * is known at every frame, otherwise it is read back only now and then.
   * @throws AbortError between half-steps once `signal` is aborted; TransportError as `halfStep`.
   */
  async run(
    options: {
      signal?: AbortSignal | undefined;
      onHalfStep?: ((frame: SinkhornFrame) => void | Promise<void>) | undefined;
    } = {},
  ): Promise<void> {
    const { signal, onHalfStep } = options;
    signal?.throwIfAborted();
    if (onHalfStep && this.#halfSteps === 0) {
      await this.measure();
      await onHalfStep(this.frame);
    }
    while (!this.done) {
      signal?.throwIfAborted();
      await this.halfStep(onHalfStep !== undefined || this.#checkIsDue());
      await onHalfStep?.(this.frame);
    }
  }

  /** Copies the current potentials off the device. */
  async snapshot(): Promise<PotentialsSnapshot> {
    const [f, g] = await Promise.all([this.#backend.read(this.f), this.#backend.read(this.g)]);
    return { f, g, epsilon: this.epsilon };
  }

  free(): void {
    this.#backend.free(this.f, this.g, this.#columnState);
  }

  #checkIsDue(): boolean {
    const next = this.#stageIterations + 1;
    const last = this.iterations + 1 >= this.#options.maxIterations;
    return last || next <= FIRST_CHECKS || next % CHECK_EVERY === 0;
  }

  async #sumColumns(): Promise<void> {
    if (this.#columnSumsKnown) return;
    const potentials = this.potentials;
    await this.#cost.forEach((band) => this.#backend.columnLogSum(band, potentials, this.#columnState));
    this.#columnSumsKnown = true;
  }

  #columnPotential(update: boolean): Tensor {
    const logMarginal = -Math.log(this.#cost.columns);
    return this.#backend.columnPotential(this.#columnState, this.potentials, logMarginal, update);
  }

  /** After a full iteration: to the next ε, or to the end. */
  #advance(): void {
    if (this.#stage < this.#stages.length - 1) {
      const reached = this.#measured && this.#marginalError <= STAGE_TOLERANCE;
      if (!reached && this.#stageIterations < this.#stageCap) return;
      this.#stage++;
      this.#stageIterations = 0;
      this.#columnSumsKnown = false;
    } else if (this.#measured) {
      this.#converged = this.#marginalError <= this.#options.tolerance;
    }
  }
}

function checkOptions({ epsilon, tolerance, maxIterations }: SinkhornOptions): void {
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new TransportError(
      `Sinkhorn: expected a finite ε above 0, got ${epsilon}. Try 0.06, or an exact permutation.`,
    );
  }
  if (!(tolerance > 0 && Number.isFinite(tolerance))) {
    throw new TransportError(`Sinkhorn: expected a tolerance above 0, got ${tolerance}. Try 1e-5.`);
  }
  if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 1)) {
    throw new TransportError(`Sinkhorn: expected at least 1 iteration, got ${maxIterations}. Try 2000.`);
  }
}
