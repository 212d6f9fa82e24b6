import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';
import type { SolveStage } from './iterative';
import { applyPlan, type Plan } from './plan';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';
import { type NextSolve, StagedSolver } from './staged';

export type Schedule = 'constant' | 'decelerating' | 'accelerating';

/** ε, tolerance and cap are those of every step's solve; ε that of the last. */
export interface ProgOtOptions extends SinkhornOptions {
  readonly steps: number;
  readonly schedule: Schedule;
  /** The first ε in standard deviations of the cost. Default 0.05, ott-jax's. */
  readonly spread?: number;
  /** Start a step at (1 − α) times the potentials of the step before, rather than anew. Default false, as in ott-jax. */
  readonly warmStart?: boolean;
}

const MOST_STEPS = 1000;

/**
 * Progressive entropic transport (Kassraie et al. 2024; ott-jax's plan solver, method.md 6.10). Step k solves entropic
 * transport from points x_k to y at ε_k, x_1 = x, and moves the points part of the way to where its plan sends them,
 *
 *   x_{k+1} = (1 − α_k)·x + α_k·t_k(x_k),   t_k(x_k)_i = n Σ_j T_ij y_j,
 *
 * always from the given x, as ott-jax does for the plan (and not for its map). The plan is the last step's coupling: it
 * is formed from the cost of x_K to y, and measured by the cost of x to y. Step costs keep metric and scale of the given
 * one; under the cosine, points are made unit again at every step. ε_k is in `progotEpsilons`.
 */
export class ProgOt extends StagedSolver {
  readonly #backend: Backend;
  readonly #ground: CostMatrix;
  readonly #options: ProgOtOptions;
  readonly #speeds: readonly number[];
  readonly #epsilons: readonly number[];
  #points: Tensor | undefined;
  #stepCost: CostMatrix | undefined;
  #allConverged = true;

  /** @throws TransportError for options outside their range. */
  constructor(backend: Backend, cost: CostMatrix, options: ProgOtOptions) {
    const { steps, schedule, spread = 0.05, epsilon } = options;
    if (!(Number.isSafeInteger(steps) && steps >= 1 && steps <= MOST_STEPS)) {
      throw new TransportError(`ProgOT: expected 1 to ${MOST_STEPS} steps, got ${steps}. Try 4.`);
    }
    if (!(spread > 0 && Number.isFinite(spread))) {
      throw new TransportError(`ProgOT: expected a spread above 0, got ${spread}. Try 0.05.`);
    }
    const speeds = progotSpeeds(schedule, steps);
    const epsilons = progotEpsilons(speeds, spread * cost.standardDeviation, epsilon);
    super(new Sinkhorn(backend, cost, { ...options, epsilon: epsilons[0] ?? epsilon }));
    this.#backend = backend;
    this.#ground = cost;
    this.#options = options;
    this.#speeds = speeds;
    this.#epsilons = epsilons;
  }

  override get plan(): Plan {
    return { kind: 'entropic', cost: this.cost, potentials: this.potentials, ground: this.#ground };
  }

  /** Whether every step reached the tolerance. */
  get converged(): boolean {
    return this.done && this.#allConverged;
  }

  override free(): void {
    super.free();
    this.#freeStep();
  }

  protected stageOf(index: number): SolveStage {
    return { name: 'step', index, count: this.#options.steps };
  }

  protected following(ended: Sinkhorn, stage: number): Promise<NextSolve | undefined> {
    this.#allConverged &&= ended.converged;
    const last = stage + 1 >= this.#options.steps;
    return Promise.resolve(last ? undefined : (signal) => this.#step(ended, stage, signal));
  }

  /** Moves the points by the step that has ended and poses the next one. */
  async #step(ended: Sinkhorn, stage: number, signal: AbortSignal | undefined): Promise<Sinkhorn> {
    const { warmStart = false, epsilon } = this.#options;
    const speed = this.#speeds[stage] ?? 1;
    const { f, g } = await ended.snapshot();
    const scope = new Scope(this.#backend);
    let cost: CostMatrix | undefined;
    try {
      const moved = scope.own(await this.#images(ended, signal));
      const points = scope.own(this.#backend.weightedSum(this.#ground.points.a, 1 - speed, moved, speed));
      scope.free(moved);
      cost = await this.#ground.moved(points, signal);
      const shrunk = (values: Float32Array): Float32Array => values.map((value) => (1 - speed) * value);
      const next = new Sinkhorn(
        this.#backend,
        cost,
        { ...this.#options, epsilon: this.#epsilons[stage + 1] ?? epsilon },
        warmStart ? { start: { f: shrunk(f), g: shrunk(g) } } : {},
      );
      ended.free();
      this.#freeStep();
      this.#points = scope.release(points);
      this.#stepCost = cost;
      return next;
    } catch (error) {
      cost?.free();
      throw error;
    } finally {
      scope.free();
    }
  }

  /** t(x_k): T·Y is (Tᵀ)ᵀ·Y, the transposed plan with its potentials exchanged. */
  async #images(ended: Sinkhorn, signal: AbortSignal | undefined): Promise<Tensor> {
    const { f, g, epsilon } = ended.potentials;
    const cost = ended.cost.transposed();
    try {
      const plan: Plan = { kind: 'entropic', cost, potentials: { f: g, g: f, epsilon } };
      return await applyPlan(this.#backend, plan, this.#ground.points.b, 0, cost.columns, signal);
    } finally {
      cost.free();
    }
  }

  #freeStep(): void {
    this.#stepCost?.free();
    if (this.#points) this.#backend.free(this.#points);
    this.#stepCost = undefined;
    this.#points = undefined;
  }
}

/** α_k for k = 1 … `steps`, as ott-jax's `get_alpha_schedule` ("lin", "exp", "quad"). */
function progotSpeeds(schedule: Schedule, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const k = i + 1;
    if (schedule === 'constant') return 1 / (steps - k + 1);
    if (schedule === 'decelerating') return 1 / Math.E;
    return (2 * (k + 1) - 1) / ((steps + 1) ** 2 - k ** 2);
  });
}

/**
 * ε_k, linear in the way done before step k, t_{k−1} = 1 − Π_{l<k}(1 − α_l), from `first` at step 1 to `last` at step K:
 * ε_k = first + (last − first)·t_{k−1}/t_{K−1}. ott-jax leaves out the division, and so never arrives at the ε asked
 * for. One step is at `last`, and so are all where `first` is 0 (a cost without spread).
 */
function progotEpsilons(speeds: readonly number[], first: number, last: number): number[] {
  let left = 1;
  const done = speeds.map((speed) => {
    const way = 1 - left;
    left *= 1 - speed;
    return way;
  });
  const all = done.at(-1) ?? 0;
  return done.map((way) => (all === 0 || first === 0 ? last : (1 - way / all) * first + (way / all) * last));
}
