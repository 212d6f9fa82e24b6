import type { Backend } from '../backend/operations';
import type { CostMatrix } from './cost';
import { spreadOf } from './epsilon';
import { TransportError } from './errors';
import type { SolveStage } from './iterative-solver';
import { planMeasures } from './plan';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';
import { type NextSolve, StagedSolver } from './staged-solver';

/** Result of a search for the ε of a plan perplexity. */
export interface PerplexityReport {
  /** Requested plan perplexity, and that of the plan. */
  readonly target: number;
  readonly reached: number;
  readonly epsilon: number;
  readonly solves: number;
  /** True if both agree to `PERPLEXITY_TOLERANCE`. False if no ε has the target perplexity or the last solve did not converge. */
  readonly converged: boolean;
}

/** Largest |log(reached / target)|. */
export const PERPLEXITY_TOLERANCE = 5e-3;
const MAX_SOLVES = 40;
/** Marginal error of trials; enough to know their perplexity. */
const TRIAL_TOLERANCE = 1e-3;
const TRIAL_ITERATIONS = 300;
const FIRST_SPREAD = 0.05;
const BRACKET_STEP = 4;
/** Limits of ε in units of max(M) − min(M). Below, plans are as sharp as f32 can resolve; above, they are uniform. */
const MIN_EPSILON = 5e-4;
const MAX_EPSILON = 1e3;

/**
 * Solves entropic transport at the ε whose plan has a given perplexity. Perplexity grows with ε, so the search starts at
 * 0.05·std(M), brackets ε by a constant factor, then bisects log ε; each trial starts at the potentials of the one before. The
 * last solve uses the requested tolerance.
 */
export class PerplexitySearch extends StagedSolver {
  readonly #backend: Backend;
  readonly #options: SinkhornOptions;
  readonly #target: number;
  readonly #limits: readonly [number, number];
  /** log ε below and above the target perplexity, once known. */
  #low: number | undefined;
  #high: number | undefined;
  #logEpsilon: number;
  #solves = 0;
  #reached = Number.NaN;
  #final = false;

  /**
   * @param share target perplexity divided by the number of columns, above 0 and up to 1.
   * @throws TransportError if the share or an option is out of range, or all costs are equal.
   */
  constructor(backend: Backend, cost: CostMatrix, options: SinkhornOptions, share: number) {
    if (!(share > 0 && share <= 1)) {
      throw new TransportError(
        `ε from the perplexity: expected a share above 0 and up to 1, got ${share}. Try 0.1.`,
      );
    }
    const epsilon = FIRST_SPREAD * spreadOf(cost);
    super(new Sinkhorn(backend, cost, { ...options, ...trial(options), epsilon }));
    this.#backend = backend;
    this.#options = options;
    // The lowest possible perplexity is 1.
    this.#target = Math.max(1, share * cost.columns);
    const range = cost.maximum - cost.minimum;
    this.#limits = [Math.log(MIN_EPSILON * range), Math.log(MAX_EPSILON * range)];
    this.#logEpsilon = Math.log(epsilon);
  }

  get converged(): boolean {
    return this.done && this.inner.converged;
  }

  /** `reached` is NaN before the first trial has ended. */
  get report(): PerplexityReport {
    const off = Math.abs(Math.log(this.#reached / this.#target));
    return {
      target: this.#target,
      reached: this.#reached,
      epsilon: this.epsilon,
      solves: this.#solves,
      converged: this.converged && off <= PERPLEXITY_TOLERANCE,
    };
  }

  protected stageOf(index: number): SolveStage {
    return { name: 'trial', index, count: MAX_SOLVES };
  }

  protected async nextSolve(ended: Sinkhorn): Promise<NextSolve | undefined> {
    this.#solves++;
    this.#reached = (await planMeasures(this.#backend, ended.plan)).planPerplexity;
    if (this.#final) return undefined;
    this.#final = !this.#narrow();
    const options = this.#final ? this.#options : { ...this.#options, ...trial(this.#options) };
    return async () => {
      const start = await ended.snapshot();
      const epsilon = Math.exp(this.#logEpsilon);
      const next = new Sinkhorn(this.#backend, ended.cost, { ...options, epsilon }, { start });
      ended.free();
      return next;
    };
  }

  /** Chooses the next ε. Returns false if the search ends with the last one. */
  #narrow(): boolean {
    const off = Math.log(this.#reached / this.#target);
    // Half of the tolerance is reserved for the change by the last, tighter solve.
    if (Math.abs(off) <= PERPLEXITY_TOLERANCE / 2 || this.#solves >= MAX_SOLVES - 1) return false;
    const tried = this.#logEpsilon;
    if (off < 0) this.#low = tried;
    else this.#high = tried;
    const [least, most] = this.#limits;
    const step = Math.log(BRACKET_STEP);
    let next: number;
    if (this.#low === undefined) next = Math.max(least, tried - step);
    else if (this.#high === undefined) next = Math.min(most, tried + step);
    else next = (this.#low + this.#high) / 2;
    this.#logEpsilon = next;
    return next !== tried;
  }
}

const trial = ({ tolerance, maxIterations }: SinkhornOptions): Omit<SinkhornOptions, 'epsilon'> => ({
  tolerance: Math.max(tolerance, TRIAL_TOLERANCE),
  maxIterations: Math.min(maxIterations, TRIAL_ITERATIONS),
});
