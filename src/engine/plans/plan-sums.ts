import type { Backend, CostBand, Potentials, Tensor } from '../../backend/operations';
import { PLAN_ROW, PLAN_ROW_WIDTH } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { Alignment } from '../aligning/alignment';
import { expectFinite } from '../jobs/errors';
import type { Snapshot } from '../aligning/history';
import { deviceMatrix } from './device-matrix';
import { AlignmentCache } from '../aligning/alignment-cache';

/** Row and column sums and row maxima of a plan, all times n. */
export interface PlanSums {
  readonly halfStep: number;
  /** n·Σ_j T_ij. */
  readonly rows: Float32Array;
  /** n·Σ_i T_ij. */
  readonly columns: Float32Array;
  /** n·max_j T_ij. */
  readonly peaks: Float32Array;
}

/** The sums last computed of an alignment's plan, which every zoom of a picture needs again. */
export const lastSums = new AlignmentCache((): { sums?: PlanSums } => ({}));

/** Computes the sums of a plan in one pass over the bands of its cost. */
export class PlanSumsPass {
  readonly #backend: Backend;
  readonly #potentials: Potentials;
  readonly #scope: Scope;
  readonly #ones: Tensor;
  readonly #columns: Tensor;
  readonly #rows: Float32Array;
  readonly #peaks: Float32Array;

  constructor(backend: Backend, potentials: Potentials, rows: number, columns: number) {
    this.#backend = backend;
    this.#potentials = potentials;
    this.#rows = new Float32Array(rows);
    this.#peaks = new Float32Array(rows);
    this.#scope = new Scope(backend, 'plans');
    const ones = new Float32Array(rows).fill(1);
    this.#ones = this.#scope.own(backend.upload(ones, [rows, 1], 'f32', 'ones'));
    this.#columns = this.#scope.own(backend.zeros([columns, 1], 'column mass'));
  }

  async visit(band: CostBand): Promise<void> {
    const n = this.#rows.length;
    this.#backend.applyPlan(band, this.#potentials, this.#ones, 0, n, this.#columns);
    const measured = this.#scope.own(this.#backend.planRows(band, this.#potentials));
    const values = await this.#backend.read(measured);
    this.#scope.free(measured);
    for (let row = 0; row < band.rows; row++) {
      const at = row * PLAN_ROW_WIDTH;
      this.#rows[band.rowStart + row] = n * (values[at + PLAN_ROW.mass] ?? Number.NaN);
      this.#peaks[band.rowStart + row] = n * Math.exp(values[at + PLAN_ROW.peak] ?? Number.NaN);
    }
  }

  /** Returns the sums after the last band. @throws NumericError if one is not finite. */
  async finish(halfStep: number): Promise<PlanSums> {
    const columns = await this.#backend.read(this.#columns);
    const sums = { halfStep, rows: this.#rows, columns, peaks: this.#peaks };
    for (const values of [sums.rows, sums.columns, sums.peaks]) {
      expectFinite(`mass of the plan at half-step ${halfStep}`, values);
    }
    return sums;
  }

  free(): void {
    this.#scope.free();
  }
}

/** Returns the sums of a plan after a half-step; a pass over its cost, unless they were the last computed. */
export async function sumsOf(
  alignment: Alignment,
  snapshot: Snapshot,
  signal: AbortSignal | undefined,
): Promise<PlanSums> {
  const { backend, planCost, rows, columns } = alignment;
  const last = lastSums.of(alignment);
  if (last.sums?.halfStep === snapshot.halfStep) return last.sums;
  const { potentials, free } = deviceMatrix(backend, planCost, snapshot, undefined);
  let pass: PlanSumsPass | undefined;
  try {
    pass = new PlanSumsPass(backend, potentials, rows, columns);
    await planCost.forEach(pass.visit.bind(pass), signal);
    last.sums = await pass.finish(snapshot.halfStep);
    return last.sums;
  } finally {
    pass?.free();
    free();
  }
}
