import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { CostMatrix } from './cost';
import { TransportError } from './errors';
import type { SolveStage } from './iterative-solver';
import { applyPlan, type Plan } from './plan';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';
import { type NextSolve, StagedSolver } from './staged-solver';

export type Schedule = 'constant' | 'decelerating' | 'accelerating';

/** Tolerance and cap apply to every step's solve, `epsilon` to the last. */
export interface ProgOtOptions extends SinkhornOptions {
  readonly steps: number;
  readonly schedule: Schedule;
  /** First ε in units of std(M). Default 0.05, as in ott-jax. */
  readonly spread?: number;
  /** Starts each step at (1 − α) times the potentials of the step before. Default false, as in ott-jax. */
  readonly warmStart?: boolean;
}

const MAX_STEPS = 1000;

/**
 * Progressive entropic transport (Kassraie et al. 2024; ott-jax's plan solver, method.md 6.10). Step k solves entropic
 * transport from points x_k to y at ε_k, with x_1 = x. The next points are part of the way from x to where its plan sends them,
 *
 *   x_{k+1} = (1 − α_k)·x + α_k·t_k(x_k),   t_k(x_k)_i = n Σ_j T_ij y_j,
 *
 * always starting at the given x, as ott-jax does for the plan (but not for its map). The result is the plan of the last step:
 * formed from the cost of x_K to y, with `transportCost` by the cost of x to y. Step costs keep metric and scale of the given
 * cost; with the cosine metric, points are made unit again at every step. ε_k is defined in `progotEpsilons`.
 */
export class ProgOt extends StagedSolver {
  readonly #backend: Backend;
  readonly #ground: CostMatrix;
  readonly #options: ProgOtOptions;
  readonly #alphas: readonly number[];
  readonly #epsilons: readonly number[];
  #points: Tensor | undefined;
  #stepCost: CostMatrix | undefined;
  #allConverged = true;

  /** @throws TransportError if an option is out of range. */
  constructor(backend: Backend, cost: CostMatrix, options: ProgOtOptions) {
    const { steps, schedule, spread = 0.05, epsilon } = options;
    if (!(Number.isSafeInteger(steps) && steps >= 1 && steps <= MAX_STEPS)) {
      throw new TransportError(`ProgOT: expected 1 to ${MAX_STEPS} steps, got ${steps}. Try 4.`);
    }
    if (!(spread > 0 && Number.isFinite(spread))) {
      throw new TransportError(`ProgOT: expected a spread above 0, got ${spread}. Try 0.05.`);
    }
    const alphas = progotAlphas(schedule, steps);
    const epsilons = progotEpsilons(alphas, spread * cost.standardDeviation, epsilon);
    super(new Sinkhorn(backend, cost, { ...options, epsilon: epsilons[0] ?? epsilon }));
    this.#backend = backend;
    this.#ground = cost;
    this.#options = options;
    this.#alphas = alphas;
    this.#epsilons = epsilons;
  }

  override get plan(): Plan {
    return { kind: 'entropic', cost: this.cost, potentials: this.potentials, ground: this.#ground };
  }

  /** True if every step reached the tolerance. */
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

  protected nextSolve(ended: Sinkhorn, stage: number): Promise<NextSolve | undefined> {
    this.#allConverged &&= ended.converged;
    const last = stage + 1 >= this.#options.steps;
    return Promise.resolve(last ? undefined : (signal) => this.#step(ended, stage, signal));
  }

  /** Moves the points by the plan of the ended step and creates the solver of the next step. */
  async #step(ended: Sinkhorn, stage: number, signal: AbortSignal | undefined): Promise<Sinkhorn> {
    const { warmStart = false, epsilon } = this.#options;
    const alpha = this.#alphas[stage] ?? 1;
    const { f, g } = await ended.snapshot();
    const scope = new Scope(this.#backend);
    let cost: CostMatrix | undefined;
    try {
      const moved = scope.own(await this.#images(ended, signal));
      const points = scope.own(this.#backend.weightedSum(this.#ground.points.a, 1 - alpha, moved, alpha));
      scope.free(moved);
      cost = await this.#ground.withRows(points, signal);
      const shrunk = (values: Float32Array): Float32Array => values.map((value) => (1 - alpha) * value);
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

  /** Computes t(x_k). T·Y = (Tᵀ)ᵀ·Y, so it applies the transposed plan, whose potentials are exchanged. */
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

/** Returns α_k for k = 1 … `steps`, as ott-jax's `get_alpha_schedule` ("lin", "exp", "quad"). */
function progotAlphas(schedule: Schedule, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const k = i + 1;
    if (schedule === 'constant') return 1 / (steps - k + 1);
    if (schedule === 'decelerating') return 1 / Math.E;
    return (2 * (k + 1) - 1) / ((steps + 1) ** 2 - k ** 2);
  });
}

/**
 * Returns ε_k = first + (last − first)·t_{k−1}/t_{K−1}, with t_{k−1} = 1 − Π_{l<k}(1 − α_l): linear in the share of the way done
 * before step k, from `first` at step 1 to `last` at step K. ott-jax omits the division, so its last ε is not the requested
 * one. All ε_k are `last` if there is one step or `first` is 0 (all costs equal).
 */
function progotEpsilons(alphas: readonly number[], first: number, last: number): number[] {
  let left = 1;
  const done = alphas.map((alpha) => {
    const way = 1 - left;
    left *= 1 - alpha;
    return way;
  });
  const all = done.at(-1) ?? 0;
  return done.map((way) => (all === 0 || first === 0 ? last : (1 - way / all) * first + (way / all) * last));
}
