import type { Backend, CostBand, Tensor } from '../backend/operations';
import { matrix } from '../backend/shape';
import { TransportError } from './errors';

export interface CostOptions {
  /** Keep the matrix when it is at most this large, else recompute it band by band on every visit. */
  readonly budgetBytes?: number;
  /** Largest band; never above the device's largest tensor. */
  readonly bandBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a cost matrix may take on the device before it is recomputed at every visit instead. */
const BUDGET_BYTES = { webgpu: 2 ** 30, cpu: 2 ** 29 } as const;

/**
 * Euclidean distances M_ij = ‖a_i − b_j‖₂ between the rows of two matrices, in bands of rows: all of them resident, or
 * one scratch band that is recomputed at every visit. It reads `a` and `b` as long as it lives and does not own them.
 */
export class CostMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Whether all bands are kept on the device. */
  readonly resident: boolean;
  readonly #backend: Backend;
  readonly #a: Tensor;
  readonly #b: Tensor;
  readonly #bandRows: number;
  #bands: Tensor[] = [];
  #minimum = 0;
  #maximum = 0;

  private constructor(backend: Backend, a: Tensor, b: Tensor, options: CostOptions) {
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
    this.rows = rows;
    this.columns = columns;
    const budget = options.budgetBytes ?? BUDGET_BYTES[backend.info.kind];
    const largest = Math.min(options.bandBytes ?? Infinity, backend.info.maxTensorBytes);
    const rowBytes = 4 * columns;
    this.resident = rows * rowBytes <= budget;
    this.#bandRows = Math.max(1, Math.min(rows, Math.floor(largest / rowBytes)));
  }

  /**
   * Computes the matrix once, and its extent.
   * @throws TransportError when the rows differ in length or a distance is not finite.
   */
  static async build(backend: Backend, a: Tensor, b: Tensor, options: CostOptions = {}): Promise<CostMatrix> {
    const cost = new CostMatrix(backend, a, b, options);
    try {
      await cost.#allocate(options.signal);
      await cost.#measure(options.signal);
      return cost;
    } catch (error) {
      cost.free();
      throw error;
    }
  }

  get minimum(): number {
    return this.#minimum;
  }

  get maximum(): number {
    return this.#maximum;
  }

  /** Bytes held on the device. */
  get bytes(): number {
    return this.#bands.reduce((sum, band) => sum + band.bytes, 0);
  }

  /**
   * Visits all bands from the first row to the last. A band's cost may be overwritten once the visit has enqueued its
   * operations; its tensor may have more rows than the band.
   */
  async forEach(visit: (band: CostBand) => void | Promise<void>, signal?: AbortSignal): Promise<void> {
    const scratch = this.#bands[0];
    if (!scratch) throw new TransportError('cost matrix: it has been freed. Build it again.');
    for (let rowStart = 0, i = 0; rowStart < this.rows; rowStart += this.#bandRows, i++) {
      signal?.throwIfAborted();
      const rows = Math.min(this.#bandRows, this.rows - rowStart);
      const cost = this.#bands[i] ?? scratch;
      if (!this.resident) {
        this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows, scratch);
        await visit({ cost: scratch, rowStart, rows });
        await this.#backend.settle();
      } else {
        await visit({ cost, rowStart, rows });
      }
    }
  }

  /** All entries, row-major. For problems small enough to be solved exactly on the CPU. */
  async readAll(signal?: AbortSignal): Promise<Float32Array> {
    const all = new Float32Array(this.rows * this.columns);
    await this.forEach(async ({ cost, rowStart, rows }) => {
      const band = await this.#backend.read(cost);
      all.set(band.subarray(0, rows * this.columns), rowStart * this.columns);
    }, signal);
    return all;
  }

  free(): void {
    this.#backend.free(...this.#bands);
    this.#bands = [];
  }

  async #allocate(signal?: AbortSignal): Promise<void> {
    if (!this.resident) {
      this.#bands.push(this.#backend.zeros([this.#bandRows, this.columns], 'cost band'));
      return;
    }
    for (let rowStart = 0; rowStart < this.rows; rowStart += this.#bandRows) {
      signal?.throwIfAborted();
      const rows = Math.min(this.#bandRows, this.rows - rowStart);
      this.#bands.push(this.#backend.pairwiseDistance(this.#a, this.#b, rowStart, rows));
      await this.#backend.settle();
    }
  }

  async #measure(signal?: AbortSignal): Promise<void> {
    let minimum = Infinity;
    let maximum = -Infinity;
    await this.forEach(async (band) => {
      // The scratch band may still hold rows of an earlier visit beyond the last band's own; they are true distances too.
      const extent = this.#backend.extent(band.cost);
      try {
        const [low = Number.NaN, high = Number.NaN] = await this.#backend.read(extent);
        minimum = Math.min(minimum, low);
        maximum = Math.max(maximum, high);
      } finally {
        this.#backend.free(extent);
      }
    }, signal);
    if (!Number.isFinite(minimum) || !Number.isFinite(maximum)) {
      throw new TransportError(
        `cost matrix of ${this.#a.label} and ${this.#b.label}: expected finite distances, got an extent of ` +
          `${minimum} … ${maximum}. Check the weights of both blocks for NaN, infinite or very large values.`,
      );
    }
    this.#minimum = minimum;
    this.#maximum = maximum;
  }
}
