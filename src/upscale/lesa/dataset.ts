import type { Backend, Tensor } from '../../backend/operations';
import type { ThinSvd } from './svd';

/** A batch with one example per row: input `[V_{l−1}[row], V_{l+1}[row]]`, target `V_l[row]`. All `[batch, width]`. */
export interface Batch {
  readonly previous: Tensor;
  readonly next: Tensor;
  readonly target: Tensor;
}

interface Band {
  readonly tensor: Tensor;
  /** Index of its first row in the whole table. */
  readonly start: number;
}

/** Slices V_0 … V_{L−1} of one kind of matrix, on the backend. Triples of neighbouring slices give the examples. */
export class SliceTable {
  /** Rows of a slice. */
  readonly rank: number;
  /** Columns of a slice. */
  readonly width: number;
  /** Number of examples: one per row of every triple of neighbouring layers, numbered layer by layer. */
  readonly examples: number;
  readonly #backend: Backend;
  readonly #bands: Band[] = [];

  constructor(backend: Backend, { rank, slices }: Pick<ThinSvd, 'rank' | 'slices'>, width: number) {
    this.rank = rank;
    this.width = width;
    this.examples = Math.max(0, slices.length - 2) * rank;
    this.#backend = backend;
    const perBand = Math.max(1, Math.floor(backend.info.maxTensorBytes / (4 * rank * width)));
    for (let first = 0; first < slices.length; first += perBand) {
      const part = slices.slice(first, first + perBand);
      const values = new Float32Array(part.length * rank * width);
      for (const [i, slice] of part.entries()) values.set(slice, i * rank * width);
      const tensor = backend.upload(values, [part.length * rank, width], 'f32', 'singular vectors');
      this.#bands.push({ tensor, start: first * rank });
    }
  }

  /** Gathers examples by number. The caller frees the three tensors. */
  batch(examples: Uint32Array): Batch {
    // Example l·rank + row is row `row` of triple l, l + 1, l + 2.
    return this.#withIndex(examples, (pick) => ({
      previous: pick(0),
      target: pick(this.rank),
      next: pick(2 * this.rank),
    }));
  }

  /** Returns V of one layer, `[rank, width]`. The caller frees it. */
  slice(layer: number): Tensor {
    const rows = Uint32Array.from({ length: this.rank }, (_, row) => row);
    return this.#withIndex(rows, (pick) => pick(layer * this.rank));
  }

  free(): void {
    this.#backend.free(...this.#bands.map(({ tensor }) => tensor));
    this.#bands.length = 0;
  }

  /** Calls `use` with a function that gathers `rows` shifted by a given number of rows. */
  #withIndex<T>(rows: Uint32Array, use: (pick: (shift: number) => Tensor) => T): T {
    // `gather` takes no negative offset, so the index counts from the end of the table.
    const last = this.#bands.at(-1);
    const end = (last?.start ?? 0) + (last?.tensor.shape[0] ?? 0);
    const index = this.#backend.upload(
      rows.map((row) => row + end),
      [rows.length],
      'u32',
      'examples',
    );
    try {
      return use((shift) => this.#gather(index, end - shift));
    } finally {
      this.#backend.free(index);
    }
  }

  /** Rows `index − offset` of the table. */
  #gather(index: Tensor, offset: number): Tensor {
    const [first, ...others] = this.#bands;
    if (!first) throw new Error('the table was freed');
    const into = this.#backend.gather(first.tensor, index, { offset });
    // Every row is in one band; `gather` skips it in the others.
    for (const { tensor, start } of others)
      this.#backend.gather(tensor, index, { offset: offset + start, into });
    return into;
  }
}
