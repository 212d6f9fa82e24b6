import type { Backend, CostBand, Tensor } from '../../backend/operations';
import type { BandedMatrix } from '../../transport/bands';
import { submatrixBandRows } from '../../transport/cost-submatrix';
import type { NeuronOrder } from '../jobs';
import { reorderAssignment } from './device-matrix';

/** A permutation as a plan of mass 1 in the bands of a `CostSubmatrix`, to subtract it from another plan or the reverse. */
export class PermutationBands implements BandedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly bandRows: number;
  readonly resident = false;
  readonly #backend: Backend;
  readonly #placed: Int32Array;
  readonly #mass: number;
  readonly #scratch: Tensor;

  /** @param columns columns of the whole matrix. */
  constructor(backend: Backend, assignment: Uint32Array, places: NeuronOrder, columns: number) {
    this.#backend = backend;
    this.#placed = reorderAssignment(assignment, places);
    this.#mass = 1 / assignment.length;
    this.rows = places.rows.length;
    this.columns = places.columns.length;
    this.bandRows = submatrixBandRows(this.rows, columns);
    const scratch = backend.zeros([this.bandRows, this.columns], 'permutation');
    this.#scratch = backend.countAs('plans', scratch);
  }

  band(rowStart: number): CostBand {
    const rows = Math.min(this.bandRows, this.rows - rowStart);
    const values = new Float32Array(this.bandRows * this.columns);
    for (let row = 0; row < rows; row++) {
      const column = this.#placed[rowStart + row] ?? -1;
      if (column >= 0) values[row * this.columns + column] = this.#mass;
    }
    this.#backend.write(this.#scratch, values);
    return { cost: this.#scratch, rowStart, rows };
  }

  free(): void {
    this.#backend.free(this.#scratch);
  }
}
