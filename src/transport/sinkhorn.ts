import type { Backend, HalfStep, Potentials, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { iterationsPerBatch } from './batch';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';
import { IterativeSolver, type SolveFrame } from './iterative-solver';
import { MixingHistory } from './mixing-history';
import type { Plan } from './plan';
import type { PotentialsSnapshot } from './potentials';
import { normals } from './random';
import { Relaxation } from './relaxation';
import { checkOptions, type SinkhornOptions, type SinkhornVariant } from './sinkhorn-options';
import { epsilonStages } from './epsilon-scaling';

/** Each stage of ε-scaling except the last ends at this error, or after this many iterations. */
const STAGE_TOLERANCE = 1e-2;
const STAGE_ITERATIONS = 50;
/** The constant of unbalanced potentials is moved after each of the first iterations and then every tenth. */
const FIRST_CHECKS = 3;
const CHECK_EVERY = 10;
/**
 * Cost entries visited between two waits for the backend: some milliseconds of work. On a GPU, a wait takes longer than a
 * half-step of a small problem.
 */
const SETTLE_CELLS = { webgpu: 2 ** 24, cpu: 2 ** 20 } as const;

/**
 * Solves entropic transport with uniform marginals, min ⟨T, M⟩ + ε Σ T (log T − 1), by Sinkhorn's updates in the log domain
 * (method.md 9.2), one half-step at a time: columns (g), then rows (f). After each full iteration the rows of
 * T_ij = exp((f_i + g_j − M_ij)/ε) sum to 1/n exactly. If the range of the cost is large compared with ε, the solve goes
 * through a sequence of decreasing ε (9.3).
 *
 * With ρ the solve is unbalanced, min … + ρ·KL(T1|a) + ρ·KL(Tᵀ1|b): both updates are damped by ρ/(ρ+ε) (9.6), and the best
 * constant is moved between f and g whenever the error is read. Marginal errors do not go to 0; the solve ends when f no
 * longer changes.
 */
export class Sinkhorn extends IterativeSolver {
  readonly cost: CostMatrix;
  readonly f: Tensor;
  readonly g: Tensor;
  readonly #backend: Backend;
  readonly #options: SinkhornOptions;
  readonly #stages: readonly number[];
  readonly #stageCap: number;
  readonly #columnState: Tensor;
  /** Unbalanced only. */
  readonly #relaxation: Relaxation | undefined;
  readonly #history: MixingHistory;
  /** True if `#columnState` holds the sums of the current f and ε. */
  #columnSumsKnown = false;
  #stage = 0;
  #stageIterations = 0;
  #halfSteps = 0;
  #unsettledCells = 0;
  #marginalError = Number.NaN;
  #change = Number.NaN;
  #measured = false;
  #converged = false;

  /** @throws TransportError if ε, tolerance, iteration limit or ρ is out of range. */
  constructor(backend: Backend, cost: CostMatrix, options: SinkhornOptions, variant: SinkhornVariant = {}) {
    super();
    checkOptions(options, variant);
    this.#backend = backend;
    this.cost = cost;
    this.#options = options;
    const { stages, cap } =
      variant.start && variant.startEpsilon === undefined
        ? { stages: [options.epsilon], cap: 0 }
        : epsilonStages(cost, options.epsilon, options.maxIterations, STAGE_ITERATIONS, variant.startEpsilon);
    this.#stages = stages;
    this.#stageCap = cap;
    const { f, g } = variant.start ?? startingPotentials(cost, options.seed ?? 0);
    this.#history = new MixingHistory(backend, cost.columns);
    const scope = new Scope(backend, 'plans');
    try {
      this.f = scope.own(backend.upload(f, [cost.rows], 'f32', 'row potentials'));
      this.g = scope.own(backend.upload(g, [cost.columns], 'f32', 'column potentials'));
      this.#columnState = scope.own(backend.zeros([2, cost.columns], 'column sums'));
      this.#relaxation =
        variant.rho === undefined ? undefined : new Relaxation(backend, variant.rho, cost.rows, cost.columns);
    } catch (error) {
      scope.free();
      throw error;
    }
  }

  /** The current ε; larger than the requested one during ε-scaling. */
  override get epsilon(): number {
    return this.#stages[this.#stage] ?? this.#options.epsilon;
  }

  get potentials(): Potentials {
    return { f: this.f, g: this.g, epsilon: this.epsilon };
  }

  get plan(): Plan {
    const kind = this.#relaxation ? 'unbalanced' : 'entropic';
    return { kind, cost: this.cost, potentials: this.potentials };
  }

  get halfSteps(): number {
    return this.#halfSteps;
  }

  /** True if the tolerance was reached at the requested ε. */
  get converged(): boolean {
    return this.#converged;
  }

  get done(): boolean {
    return this.#converged || this.iterations >= this.#options.maxIterations;
  }

  get frame(): SolveFrame {
    return {
      halfStep: this.#halfSteps,
      marginalError: this.#marginalError,
      change: this.#change,
      epsilon: this.epsilon,
      stage: { name: 'scaling', index: this.#stage, count: this.#stages.length },
    };
  }

  /** Reading the error needs no extra pass, because it uses the column sums of the next half-step. */
  async halfStep(check = true, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#halfSteps % 2 === 0) {
      await this.#sumColumns(signal);
      this.#backend.free(this.#columnPotential(true));
      this.#halfSteps++;
    } else {
      if (check) this.#relaxation?.saveRowPotentials(this.potentials);
      // An abort between bands leaves f partly updated, so its sums are unknown.
      this.#columnSumsKnown = false;
      const potentials = this.potentials;
      await this.cost.forEach(
        (band) => this.#backend.rowPotential(band, potentials, this.#rowStep, this.#columnState),
        signal,
      );
      this.#columnSumsKnown = true;
      this.#measured = false;
      this.#halfSteps++;
      this.#stageIterations++;
      if (check) {
        if (this.#relaxation) {
          await this.#relaxation.translate(potentials);
          this.#columnSumsKnown = false;
        }
        await this.measure();
        await this.#measureChange();
      }
      this.#advance();
    }
    this.#unsettledCells += this.cost.rows * this.cost.columns;
    if (this.#unsettledCells < SETTLE_CELLS[this.#backend.info.kind]) return;
    this.#unsettledCells = 0;
    await this.#backend.settle();
  }

  async advance(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { resident, bandRows, rows } = this.cost;
    // Costs in several bands take long per iteration. The constant of unbalanced potentials is moved between iterations.
    if (!resident || bandRows < rows || this.#relaxation || this.#halfSteps % 2 === 1) {
      await this.halfStep(!this.#relaxation || this.#checkIsDue, signal);
      return;
    }
    await this.#sumColumns(signal);
    const scaling = this.#stage < this.#stages.length - 1;
    const errors = this.#backend.sinkhorn(this.cost.band(0), this.potentials, this.#columnState, {
      rows: this.#rowStep,
      columns: this.#columnStep,
      count: Math.min(
        iterationsPerBatch(this.#backend.info, this.cost.rows * this.cost.columns),
        this.#options.maxIterations - this.iterations,
        scaling ? this.#stageCap - this.#stageIterations : Infinity,
      ),
      tolerance: scaling ? STAGE_TOLERANCE : this.#options.tolerance,
      ...(this.#options.acceleration === 'anderson' ? { history: this.#history.tensor } : {}),
    });
    try {
      const values = await this.#backend.read(errors);
      const done = values.filter((error) => error !== -1).length - 1;
      this.#halfSteps += 2 * done;
      this.#stageIterations += done;
      this.#marginalError = values[done] ?? Number.NaN;
    } finally {
      this.#backend.free(errors);
    }
    this.#expectFinite('a marginal error', this.#marginalError);
    this.#measured = true;
    this.#advance();
  }

  async measure(): Promise<number> {
    await this.#sumColumns();
    const error = this.#columnPotential(false);
    try {
      const [value = Number.NaN] = await this.#backend.read(error);
      this.#marginalError = value;
    } finally {
      this.#backend.free(error);
    }
    if (this.#halfSteps > 0) this.#expectFinite('a marginal error', this.#marginalError);
    this.#measured = true;
    return this.#marginalError;
  }

  async snapshot(): Promise<PotentialsSnapshot> {
    const [f, g] = await Promise.all([this.#backend.read(this.f), this.#backend.read(this.g)]);
    return { f, g, epsilon: this.epsilon };
  }

  free(): void {
    this.#backend.free(this.f, this.g, this.#columnState);
    this.#history.clear();
    this.#relaxation?.free();
  }

  get #checkIsDue(): boolean {
    const next = this.#stageIterations + 1;
    const last = this.iterations + 1 >= this.#options.maxIterations;
    return last || next <= FIRST_CHECKS || next % CHECK_EVERY === 0;
  }

  get #rowStep(): HalfStep {
    return this.#step(this.cost.rows);
  }

  get #columnStep(): HalfStep {
    return this.#step(this.cost.columns);
  }

  #step(size: number): HalfStep {
    return { logMarginal: -Math.log(size), damping: this.#relaxation?.damping(this.epsilon) ?? 1 };
  }

  async #sumColumns(signal?: AbortSignal): Promise<void> {
    if (this.#columnSumsKnown) return;
    const potentials = this.potentials;
    await this.cost.forEach(
      (band) => this.#backend.columnLogSum(band, potentials, this.#columnState),
      signal,
    );
    this.#columnSumsKnown = true;
  }

  #columnPotential(update: boolean): Tensor {
    return this.#backend.columnPotential(this.#columnState, this.potentials, this.#columnStep, update);
  }

  async #measureChange(): Promise<void> {
    if (!this.#relaxation) return;
    this.#change = await this.#relaxation.change(this.potentials);
    this.#expectFinite('a change of f', this.#change);
  }

  #expectFinite(what: string, value: number): void {
    if (Number.isFinite(value)) return;
    const advice = this.epsilon > this.cost.maximum ? 'a smaller' : 'a larger';
    throw new TransportError(
      `Sinkhorn: expected a finite plan, got ${what} of ${value} after ${this.iterations} iterations at ` +
        `ε = ${this.epsilon.toPrecision(3)} with costs up to ${this.cost.maximum.toPrecision(3)}. Choose ${advice} ε.`,
    );
  }

  /** After a full iteration, moves on to the next ε or checks for convergence. */
  #advance(): void {
    const error = this.#relaxation ? this.#change : this.#marginalError;
    if (this.#stage < this.#stages.length - 1) {
      const reached = this.#measured && error <= STAGE_TOLERANCE;
      if (!reached && this.#stageIterations < this.#stageCap) return;
      this.#stage++;
      this.#stageIterations = 0;
      this.#history.clear();
      this.#columnSumsKnown = false;
    } else if (this.#measured) {
      this.#converged = error <= this.#options.tolerance;
    }
  }
}

function startingPotentials(
  { rows, columns, minimum, maximum }: CostMatrix,
  seed: number,
): { f: Float32Array; g: Float32Array } {
  const scale = (maximum - minimum) / 4;
  const start = seed === 0 ? new Float32Array(rows + columns) : normals(rows + columns, seed);
  const scaled = start.map((value) => value * scale);
  return { f: scaled.slice(0, rows), g: scaled.slice(rows) };
}
