import type { Backend, CostBand, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { Banded } from './bands';
import type { CostMatrix } from './cost';

/** What one band may take on the device. */
const BAND_BYTES = 2 ** 24;

/** Rows of a band of some of a matrix: the same for parts of two matrices of one size. */
export const partBandRows = (rows: number, wholeColumns: number): number =>
  Math.max(1, Math.min(rows, Math.floor(BAND_BYTES / (4 * wholeColumns))));

/**
 * Some rows of a cost matrix against some of its columns, in any order, with the very numbers of the whole: picked out of
 * its bands where they are kept, else computed from those rows alone. The matrix must outlive it.
 */
export class CostPart implements Banded {
  readonly rows: number;
  readonly columns: number;
  readonly bandRows: number;
  readonly resident = false;
  readonly #backend: Backend;
  readonly #cost: CostMatrix;
  readonly #scope: Scope;
  readonly #rowPlaces: Uint32Array;
  readonly #columnPlaces: Tensor;
  /** The points of the part, where the bands of the whole are not kept. */
  readonly #points: { readonly a: Tensor; readonly b: Tensor } | undefined;
  readonly #scratch: Tensor;

  /** `rows` and `columns` are indices into the whole matrix. */
  constructor(backend: Backend, cost: CostMatrix, rows: Uint32Array, columns: Uint32Array) {
    this.#backend = backend;
    this.#cost = cost;
    this.#rowPlaces = rows;
    this.rows = rows.length;
    this.columns = columns.length;
    this.bandRows = partBandRows(this.rows, cost.columns);
    this.#scope = new Scope(backend);
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
    const scope = new Scope(this.#backend);
    try {
      // Spare rows repeat the first, so that every band fills the scratch.
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

  /** Twice is harmless. */
  free(): void {
    this.#scope.free();
  }

  #indices(values: Uint32Array): Tensor {
    return this.#scope.own(this.#backend.upload(values, [values.length], 'u32', 'places of a part'));
  }
}

const isAll = (places: Uint32Array, size: number): boolean =>
  places.length === size && places.every((index, place) => index === place);
