import type { Backend } from '../backend/operations';
import type { CostMatrix } from './cost';
import { spreadOf } from './epsilon';
import { TransportError } from './errors';
import type { SolveStage } from './iterative';
import { planMeasures } from './plan';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornOptions } from './sinkhorn-options';
import { type NextSolve, StagedSolver } from './staged';

/** What came of a search for the ε of a plan perplexity. */
export interface PerplexityReport {
  /** The perplexity asked for and the one of the plan. */
  readonly target: number;
  readonly reached: number;
  readonly epsilon: number;
  readonly solves: number;
  /** Whether they agree to `PERPLEXITY_TOLERANCE`. Not where no ε has that perplexity, or where solves did not converge. */
  readonly converged: boolean;
}

/** Largest |log(reached / target)|. */
export const PERPLEXITY_TOLERANCE = 5e-3;
const MOST_SOLVES = 40;
/** Trials are only ranked by their perplexity, which is known well enough at this error of the marginal. */
const TRIAL_TOLERANCE = 1e-3;
const TRIAL_ITERATIONS = 300;
const FIRST_SPREAD = 0.05;
const BRACKET_STEP = 4;
/** ε is looked for between these, in ranges of the cost: beyond them plans are as sharp as f32 tells, or uniform. */
const LEAST = 5e-4;
const MOST = 1e3;

/**
 * Entropic transport at the ε whose plan has a given perplexity. Perplexity grows with ε, so ε is bracketed by steps of a
 * factor from 0.05·std(M) and then bisected in its logarithm; every trial starts at the potentials of the one before. The
 * ε found is solved once more to the tolerance asked for.
 */
export class PerplexitySearch extends StagedSolver {
  readonly #backend: Backend;
  readonly #options: SinkhornOptions;
  readonly #target: number;
  readonly #limits: readonly [number, number];
  /** Log ε with less and with more perplexity than the target, once known. */
  #low: number | undefined;
  #high: number | undefined;
  #logEpsilon: number;
  #solves = 0;
  #reached = Number.NaN;
  #final = false;

  /**
   * @param share perplexity to reach, in parts of the number of columns, above 0 and up to 1.
   * @throws TransportError for a share or options outside their range, or a cost without spread.
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
    // No plan is sharper than 1.
    this.#target = Math.max(1, share * cost.columns);
    const range = cost.maximum - cost.minimum;
    this.#limits = [Math.log(LEAST * range), Math.log(MOST * range)];
    this.#logEpsilon = Math.log(epsilon);
  }

  get converged(): boolean {
    return this.done && this.inner.converged;
  }

  /** NaN as `reached` before the first trial has ended. */
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
    return { name: 'trial', index, count: MOST_SOLVES };
  }

  protected async following(ended: Sinkhorn): Promise<NextSolve | undefined> {
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

  /** Chooses the next ε; false when the one just tried is to be kept. */
  #narrow(): boolean {
    const off = Math.log(this.#reached / this.#target);
    // Half of the tolerance is left to what the last, tighter solve changes.
    if (Math.abs(off) <= PERPLEXITY_TOLERANCE / 2 || this.#solves >= MOST_SOLVES - 1) return false;
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
