import type { Backend, CostBand, DistanceOptions, Tensor } from '../backend/operations';
import { matrix } from '../backend/shape';
import { type BandedMatrix, visitBands } from './bands';
import { RAW_EUCLIDEAN, type CostSettings } from './cost-settings';
import { costStatistics, type CostStatistics } from './cost-statistics';
import { TransportError } from './errors';
import { median } from './median';

interface BandOptions {
  /** The matrix is kept if it is at most this large, else recomputed band by band on every visit. */
  readonly budgetBytes?: number;
  /** Largest band; limited by the device's largest tensor. */
  readonly bandBytes?: number;
}

export interface CostOptions extends BandOptions {
  /** Default: Euclidean distances of raw rows. */
  readonly cost?: CostSettings | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Default of `budgetBytes`. */
export const COST_BUDGET_BYTES = { webgpu: 2 ** 30, cpu: 2 ** 28 } as const;
/** Scratch band of a matrix that is recomputed. The CPU holds twice these bytes; larger bands are not faster there. */
const SCRATCH_BYTES = { webgpu: 2 ** 26, cpu: 2 ** 23 } as const;

/**
 * A median below this share of the largest distance is rounding: that of rows which differ by nothing else, such as unit rows of one
 * direction. Other roundings would make it 0, and all costs infinite.
 */
const MEDIAN_ROUNDING = 2 ** -20;

/**
 * Costs M_ij of matching row i of `a` with row j of `b`, in bands of rows: either all bands are resident, or one scratch band
 * is recomputed on every visit. If the settings ask for unit rows it makes its own copies; otherwise it reads `a` and `b`
 * until it is freed. It never owns them.
 */
export class CostMatrix implements BandedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly settings: CostSettings;
  /** True if all bands are kept on the device. */
  readonly resident: boolean;
  readonly bandRows: number;
  readonly #backend: Backend;
  readonly #options: BandOptions;
  #a: Tensor;
  #b: Tensor;
  /** Unit copies of the rows. */
  #copies: Tensor[] = [];
  #bands: Tensor[] = [];
  /** Factor of all distances. */
  #factor = 1;
  #statistics: CostStatistics = { minimum: 0, maximum: 0, mean: 0, standardDeviation: 0 };

  private constructor(backend: Backend, a: Tensor, b: Tensor, settings: CostSettings, options: BandOptions) {
    const [rows, width] = matrix(a);
    const [columns, otherWidth] = matrix(b);
    if (width !== otherWidth) {
      throw new TransportError(
        `cost matrix: expected rows of equal length, got ${width} in ${a.label} and ${otherWidth} in ${b.label}. ` +
          'Compare tensors of the same kind.',
      );
    }
    this.#backend = backend;
    this.#a = a;
    this.#b = b;
    this.#options = options;
    this.rows = rows;
    this.columns = columns;
    this.settings = settings;
    const budget = options.budgetBytes ?? COST_BUDGET_BYTES[backend.info.kind];
    const rowBytes = 4 * columns;
    this.resident = rows * rowBytes <= budget;
    const most = options.bandBytes ?? (this.resident ? Infinity : SCRATCH_BYTES[backend.info.kind]);
    const largest = Math.min(most, backend.info.maxTensorBytes);
    this.bandRows = Math.max(1, Math.min(rows, Math.floor(largest / rowBytes)));
  }

  /**
   * Computes the matrix, its statistics and its scale.
   * @throws TransportError if row lengths differ, a distance is not finite, or the scale is 0.
   */
  static async build(backend: Backend, a: Tensor, b: Tensor, options: CostOptions = {}): Promise<CostMatrix> {
    const { cost: settings = RAW_EUCLIDEAN, signal, ...bands } = options;
    const cost = new CostMatrix(backend, a, b, settings, bands);
    return cost.#complete(async () => {
      if (settings.rows === 'unit' || settings.metric === 'cosine') {
        cost.#a = cost.#unit(a);
        cost.#b = a === b ? cost.#a : cost.#unit(b);
      }
      await cost.#allocate(signal);
      await cost.#measure(signal);
      await cost.#rescale(signal);
    });
  }

  get minimum(): number {
    return this.#statistics.minimum;
  }

  get maximum(): number {
    return this.#statistics.maximum;
  }

  get mean(): number {
    return this.#statistics.mean;
  }

  /** Population standard deviation of all entries. */
  get standardDeviation(): number {
    return this.#statistics.standardDeviation;
  }

  /** Bytes held on the device. */
  get bytes(): number {
    return [...this.#bands, ...this.#copies].reduce((sum, tensor) => sum + tensor.bytes, 0);
  }

  /** The compared rows (unit rows if the settings ask for them). Do not free them: the matrix or its caller owns them. */
  get points(): { readonly a: Tensor; readonly b: Tensor } {
    return { a: this.#a, b: this.#b };
  }

  /**
   * Calls `visit` for all bands from the first row to the last. A band's tensor may have more rows than the band, and may be
   * overwritten once `visit` has queued its operations.
   */
  forEach(visit: (band: CostBand) => void | Promise<void>, signal?: AbortSignal): Promise<void> {
    return this.forEachWith(undefined, visit, signal);
  }

  /** Like `forEach`, with the same rows of a matrix made from this one by `withRows`, or from which this one was made. */
  async forEachWith(
    other: CostMatrix | undefined,
    visit: (band: CostBand, other: CostBand | undefined) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    await visitBands(this.#backend, this, other, visit, signal);
  }

  /** Returns all entries, row-major. For problems small enough for an exact solve on the CPU. */
  async readAll(signal?: AbortSignal): Promise<Float32Array> {
    const all = new Float32Array(this.rows * this.columns);
    await this.#readBands((values, at) => all.set(values, at), signal);
    return all;
  }

  /** Computes the costs of one row against all columns. */
  row(index: number): Promise<Float32Array> {
    return this.#line(this.#a, this.#b, index);
  }

  /** Computes the costs of one column against all rows. */
  column(index: number): Promise<Float32Array> {
    return this.#line(this.#b, this.#a, index);
  }

  /**
   * Returns the cost of other rows `a` `[n, k]` against the same columns, on the same scale. `a` corresponds to `points.a`: its
   * rows are made unit only for the cosine metric. `a` and this matrix must outlive the new one.
   */
  async withRows(a: Tensor, signal?: AbortSignal): Promise<CostMatrix> {
    const cost = new CostMatrix(this.#backend, a, this.#b, this.settings, this.#options);
    cost.#factor = this.#factor;
    return cost.#complete(async () => {
      if (this.settings.metric === 'cosine') cost.#a = cost.#unit(a);
      await cost.#allocate(signal);
      await cost.#measure(signal);
    });
  }

  /** Returns the transpose of M, recomputed on every visit, without statistics. This matrix must outlive it. */
  transposed(): CostMatrix {
    const options = { ...this.#options, budgetBytes: 0 };
    const cost = new CostMatrix(this.#backend, this.#b, this.#a, this.settings, options);
    cost.#factor = this.#factor;
    cost.#bands.push(cost.#scratch());
    return cost;
  }

  /** May be called twice. */
  free(): void {
    this.#backend.free(...this.#bands, ...this.#copies);
    this.#bands = [];
    this.#copies = [];
  }

  async #complete(work: () => Promise<void>): Promise<this> {
    try {
      await work();
      return this;
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #unit(x: Tensor): Tensor {
    const copy = this.#backend.unitRows(x);
    this.#copies.push(copy);
    return copy;
  }

  /** How entries are computed from `points`. */
  get distance(): DistanceOptions {
    return { metric: this.settings.metric, factor: this.#factor };
  }

  band(rowStart: number): CostBand {
    const rows = Math.min(this.bandRows, this.rows - rowStart);
    const cost = this.resident ? this.#bands[rowStart / this.bandRows] : this.#bands[0];
    if (!cost) throw new TransportError('cost matrix: it has been freed. Build it again.');
    if (!this.resident) this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, cost, this.distance);
    return { cost, rowStart, rows };
  }

  #scratch(): Tensor {
    const band = this.#backend.zeros([this.bandRows, this.columns], 'cost band');
    return this.#backend.countAs('costs', band);
  }

  async #allocate(signal?: AbortSignal): Promise<void> {
    if (!this.resident) {
      this.#bands.push(this.#scratch());
      return;
    }
    for (let rowStart = 0; rowStart < this.rows; rowStart += this.bandRows) {
      signal?.throwIfAborted();
      const rows = Math.min(this.bandRows, this.rows - rowStart);
      const band = this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, undefined, this.distance);
      this.#bands.push(this.#backend.countAs('costs', band));
      await this.#backend.settle();
    }
  }

  async #measure(signal?: AbortSignal): Promise<void> {
    const what = `cost matrix of ${this.#a.label} and ${this.#b.label}`;
    this.#statistics = await costStatistics(this.#backend, what, this.columns, (visit) =>
      this.forEach(visit, signal),
    );
  }

  /** Applies `settings.scale`. Recomputes resident bands, because a scaled copy would need twice the memory. */
  async #rescale(signal?: AbortSignal): Promise<void> {
    const { scale } = this.settings;
    const { minimum, maximum, mean, standardDeviation } = this.#statistics;
    if (scale === 'none' || maximum === 0) return;
    const unit = scale === 'max' ? maximum : scale === 'mean' ? mean : await this.#median(signal);
    const least = scale === 'median' ? MEDIAN_ROUNDING * maximum : 0;
    if (!(unit > least && Number.isFinite(1 / unit))) {
      throw new TransportError(
        `cost matrix of ${this.#a.label} and ${this.#b.label}: expected a ${scale} above 0 to divide by, got ${unit}. ` +
          'Scale by the largest or the mean entry.',
      );
    }
    this.#factor = 1 / unit;
    this.#statistics = {
      minimum: minimum / unit,
      maximum: maximum / unit,
      mean: mean / unit,
      standardDeviation: standardDeviation / unit,
    };
    if (!this.resident) return;
    for (const [i, band] of this.#bands.entries()) {
      signal?.throwIfAborted();
      const rowStart = i * this.bandRows;
      const rows = Math.min(this.bandRows, this.rows - rowStart);
      this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, band, this.distance);
      await this.#backend.settle();
    }
  }

  #median(signal?: AbortSignal): Promise<number> {
    return median(this.rows * this.columns, (piece) => this.#readBands(piece, signal));
  }

  #readBands(use: (values: Float32Array, at: number) => void, signal?: AbortSignal): Promise<void> {
    return this.forEach(async ({ cost, rowStart, rows }) => {
      const band = await this.#backend.read(cost);
      use(band.subarray(0, rows * this.columns), rowStart * this.columns);
    }, signal);
  }

  async #line(from: Tensor, to: Tensor, index: number): Promise<Float32Array> {
    const line = this.#backend.pairwiseDistance(from, to, index, 1, undefined, this.distance);
    try {
      return await this.#backend.read(line);
    } finally {
      this.#backend.free(line);
    }
  }
}
