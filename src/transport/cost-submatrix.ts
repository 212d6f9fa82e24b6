import type { Backend, CostBand, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BandedMatrix } from './bands';
import type { CostMatrix } from './cost';

/** Largest band on the device. */
const BAND_BYTES = 2 ** 24;

/** Returns the rows per band of a submatrix; the same for submatrices of two matrices of one size. */
export const submatrixBandRows = (rows: number, wholeColumns: number): number =>
  Math.max(1, Math.min(rows, Math.floor(BAND_BYTES / (4 * wholeColumns))));

/**
 * Selected rows and columns of a cost matrix, in any order, with exactly the numbers of the whole matrix: gathered from its
 * bands if it is resident, else computed from the selected points. The matrix must outlive it.
 */
export class CostSubmatrix implements BandedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly bandRows: number;
  readonly resident = false;
  readonly #backend: Backend;
  readonly #cost: CostMatrix;
  readonly #scope: Scope;
  readonly #rowPlaces: Uint32Array;
  readonly #columnPlaces: Tensor;
  /** The selected points, if the whole matrix is not resident. */
  readonly #points: { readonly a: Tensor; readonly b: Tensor } | undefined;
  readonly #scratch: Tensor;

  /** `rows` and `columns` are indices into the whole matrix. */
  constructor(backend: Backend, cost: CostMatrix, rows: Uint32Array, columns: Uint32Array) {
    this.#backend = backend;
    this.#cost = cost;
    this.#rowPlaces = rows;
    this.rows = rows.length;
    this.columns = columns.length;
    this.bandRows = submatrixBandRows(this.rows, cost.columns);
    this.#scope = new Scope(backend, 'costs');
    try {
      this.#columnPlaces = this.#indices(columns);
      if (!cost.resident) {
        const { a, b } = cost.points;
        this.#points = {
          a: isAll(rows, cost.rows) ? a : this.#scope.own(backend.gather(a, this.#indices(rows))),
          b: isAll(columns, cost.columns) ? b : this.#scope.own(backend.gather(b, this.#columnPlaces)),
        };
      }
      this.#scratch = this.#scope.own(backend.zeros([this.bandRows, this.columns], 'part of a cost'));
    } catch (error) {
      this.#scope.free();
      throw error;
    }
  }

  band(rowStart: number): CostBand {
    const rows = Math.min(this.bandRows, this.rows - rowStart);
    if (this.#points) {
      const { a, b } = this.#points;
      this.#backend.pairwiseDistance(a, b, rowStart, rows, this.#scratch, this.#cost.distance);
      return { cost: this.#scratch, rowStart, rows };
    }
    const scope = new Scope(this.#backend, 'costs');
    try {
      // Unused rows repeat the first, so that every band fills the scratch tensor.
      const places = new Uint32Array(this.bandRows).fill(this.#rowPlaces[rowStart] ?? 0);
      places.set(this.#rowPlaces.subarray(rowStart, rowStart + rows));
      const index = scope.own(this.#backend.upload(places, [places.length], 'u32', 'rows of a part'));
      const whole = scope.own(this.#backend.zeros([this.bandRows, this.#cost.columns], 'rows of a cost'));
      for (let from = 0; from < this.#cost.rows; from += this.#cost.bandRows) {
        const { cost } = this.#cost.band(from);
        this.#backend.gather(cost, index, { offset: from, into: whole });
      }
      this.#backend.gather(whole, this.#columnPlaces, { axis: 1, into: this.#scratch });
    } finally {
      scope.free();
    }
    return { cost: this.#scratch, rowStart, rows };
  }

  /** May be called twice. */
  free(): void {
    this.#scope.free();
  }

  #indices(values: Uint32Array): Tensor {
    return this.#scope.own(this.#backend.upload(values, [values.length], 'u32', 'places of a part'));
  }
}

const isAll = (places: Uint32Array, size: number): boolean =>
  places.length === size && places.every((index, place) => index === place);
