import { MAX_ROWS } from './limits';
import { gemm } from '../../backend/cpu/gemm';
import { UpscaleError } from '../block/errors';
import { symmetricEigen } from './eigen';

/** Singular values below this fraction of the largest are rounding errors of the Gram matrix (its eigenvalues are squares). */
const SMALLEST = 1e-6;

/** Multiply-adds between two calls of `pause`. */
const CHUNK = 3e7;

/** C = U·diag(s)·[V_0 | V_1 | … | V_{L−1}], with `rank` singular values, descending. */
export interface ThinSvd {
  readonly rank: number;
  /** `[rows, rank]`, orthonormal columns whose largest entry is positive. */
  readonly u: Float64Array;
  readonly s: Float64Array;
  /** V_l `[rank, columns]`. Rows of [V_0 | V_1 | …] are orthonormal. */
  readonly slices: readonly Float32Array[];
}

/**
 * Computes the thin singular value decomposition of C = [W_0 | W_1 | … | W_{L−1}] in float64, from the eigenvectors of
 * C·Cᵀ. Each W_l is `[rows, columns]`. Singular values below 1e-6 of the largest are left out. C = U·(UᵀC) holds for every
 * condition number.
 * @param pause Awaited about every 30 million multiply-adds; it may throw to stop the work.
 * @throws UpscaleError for more than 2048 rows, or entries that are not finite.
 */
export async function thinSvd(
  concatenated: readonly Float32Array[],
  rows: number,
  columns: number,
  pause: () => Promise<void> | undefined,
): Promise<ThinSvd> {
  if (rows > MAX_ROWS) {
    throw new UpscaleError(
      `expected at most ${MAX_ROWS} output neurons, got ${rows}: the SVD takes time with their cube. Choose another method ` +
        'or a smaller model.',
    );
  }
  const { vectors } = await symmetricEigen(await gram(concatenated, rows, columns, pause), rows, pause);
  makeLargestPositive(vectors, rows);
  const slices: Float32Array[] = [];
  const squares = new Float64Array(rows);
  for (const weight of concatenated) slices.push(await projected(vectors, weight, squares, columns, pause));
  // For small singular values, row norms of UᵀC are more exact than roots of eigenvalues.
  const s = squares.map(Math.sqrt);
  const kept = [...s.keys()].filter((i) => s[i]! > SMALLEST * Math.max(...s)).sort((i, j) => s[j]! - s[i]!);
  const rank = kept.length;
  const u = new Float64Array(rows * rank);
  for (const [r, from] of kept.entries())
    for (let i = 0; i < rows; i++) u[i * rank + r] = vectors[from * rows + i]!;
  return {
    rank,
    u,
    s: Float64Array.from(kept, (i) => s[i]!),
    slices: slices.map((slice) => scaledRows(slice, kept, s, columns)),
  };
}

/** C·Cᵀ. */
async function gram(
  concatenated: readonly Float32Array[],
  rows: number,
  columns: number,
  pause: () => Promise<void> | undefined,
): Promise<Float64Array> {
  const out = new Float64Array(rows * rows);
  const band = bandRows(rows, columns);
  for (const values of concatenated) {
    for (let first = 0; first < rows; first += band) {
      await pause();
      // Only on and above the diagonal; the rest is mirrored.
      const from = { values, start: first * columns, row: columns, column: 1 };
      const height = Math.min(band, rows - first);
      gemm(out, first * rows + first, rows, from, from, height, rows - first, columns);
    }
  }
  for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) out[i * rows + j] = out[j * rows + i]!;
  return out;
}

/** Computes Uᵀ·W and adds its squared row norms to `squares`. `vectors` holds Uᵀ. */
async function projected(
  vectors: Float64Array,
  weight: Float32Array,
  squares: Float64Array,
  columns: number,
  pause: () => Promise<void> | undefined,
): Promise<Float32Array> {
  const rows = squares.length;
  const result = new Float32Array(rows * columns);
  const band = bandRows(rows, columns);
  const right = { values: weight, start: 0, row: 1, column: columns };
  for (let first = 0; first < rows; first += band) {
    await pause();
    const height = Math.min(band, rows - first);
    const out = new Float64Array(height * columns);
    const left = { values: vectors, start: first * rows, row: rows, column: 1 };
    gemm(out, 0, columns, left, right, height, columns, rows);
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < columns; j++) squares[first + i]! += out[i * columns + j]! ** 2;
    }
    result.set(out, first * columns);
  }
  return result;
}

const bandRows = (rows: number, columns: number): number => Math.max(4, Math.floor(CHUNK / (rows * columns)));

/** Makes the largest entry of every vector positive, because the sign of a singular vector is arbitrary. */
function makeLargestPositive(vectors: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const vector = vectors.subarray(i * n, (i + 1) * n);
    let largest = 0;
    for (const entry of vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
    if (largest < 0) for (let j = 0; j < n; j++) vector[j] = -vector[j]!;
  }
}

/** Selects the rows `kept` and divides each by its singular value. */
function scaledRows(
  slice: Float32Array,
  kept: readonly number[],
  s: Float64Array,
  columns: number,
): Float32Array {
  const out = new Float32Array(kept.length * columns);
  for (const [r, from] of kept.entries()) {
    const scale = 1 / s[from]!;
    for (let j = 0; j < columns; j++) out[r * columns + j] = slice[from * columns + j]! * scale;
  }
  return out;
}
