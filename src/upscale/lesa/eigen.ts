import { UpscaleError } from '../block/errors';

/** Eigenvalues, descending, and eigenvectors as rows of an n × n matrix. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Most sweeps per eigenvalue. Usually fewer than three are needed. */
const MAX_SWEEPS = 60;

/**
 * Computes all eigenvalues and eigenvectors of a symmetric n × n matrix in float64: tridiagonal reduction by Householder
 * reflections, then implicit QL sweeps (EISPACK's tred2 and tql2, after Wilkinson and Reinsch 1971). Takes about 9·n³
 * multiply-adds. Overwrites `matrix`.
 * @param pause Awaited between steps of order n²; it may throw to stop the work.
 * @throws UpscaleError if an entry is not finite or an eigenvalue does not converge.
 */
export async function symmetricEigen(
  matrix: Float64Array,
  n: number,
  pause: () => Promise<void> | undefined,
): Promise<Eigen> {
  const { diagonal, offDiagonal, vectors } = await tridiagonalise(matrix, n, pause);
  await diagonalise(diagonal, offDiagonal, vectors, pause);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const sorted = new Float64Array(n * n);
  for (const [to, from] of order.entries()) sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors: sorted };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i is at row i, column i + 1; the last entry is 0. */
  readonly offDiagonal: Float64Array;
  /** Rows of Qᵀ, where the matrix is Q·T·Qᵀ. */
  readonly vectors: Float64Array;
}

/** Reflects column k onto its first entry below the diagonal, for k = 0, 1, … Stores the reflections in the rows of `a`. */
async function tridiagonalise(
  a: Float64Array,
  n: number,
  pause: () => Promise<void> | undefined,
): Promise<Tridiagonal> {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const scales = new Float64Array(n);
  const product = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    await pause();
    diagonal[k] = a[k * n + k]!;
    // Column k is read as row k, because the matrix is symmetric.
    const v = a.subarray(k * n, (k + 1) * n);
    let squares = 0;
    for (let j = k + 1; j < n; j++) squares += v[j]! ** 2;
    const head = v[k + 1]!;
    const norm = Math.sqrt(squares);
    // The opposite sign of `head` avoids cancellation.
    const target = head > 0 ? -norm : norm;
    offDiagonal[k] = target;
    if (norm === 0) continue;
    v[k + 1] = head - target;
    // H = I − scale·v·vᵀ with scale = 2/‖v‖².
    const scale = 1 / (norm * (norm + Math.abs(head)));
    scales[k] = scale;
    let inner = 0;
    for (let i = k + 1; i < n; i++) {
      const at = i * n;
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[at + j]! * v[j]!;
      product[i] = scale * sum;
      inner += product[i]! * v[i]!;
    }
    const half = (scale * inner) / 2;
    for (let i = k + 1; i < n; i++) product[i]! -= half * v[i]!;
    for (let i = k + 1; i < n; i++) {
      const at = i * n;
      const x = v[i]!;
      const y = product[i]!;
      for (let j = k + 1; j < n; j++) a[at + j]! -= x * product[j]! + y * v[j]!;
    }
  }
  diagonal[n - 1] = a[n * n - 1]!;

  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    await pause();
    const scale = scales[k]!;
    if (scale === 0) continue;
    const v = a.subarray(k * n, (k + 1) * n);
    // Reflections of later columns changed only this trailing square.
    product.fill(0);
    for (let i = k + 1; i < n; i++) {
      const x = v[i]!;
      const at = i * n;
      for (let j = k + 1; j < n; j++) product[j]! += x * q[at + j]!;
    }
    for (let i = k + 1; i < n; i++) {
      const x = scale * v[i]!;
      const at = i * n;
      for (let j = k + 1; j < n; j++) q[at + j]! -= x * product[j]!;
    }
  }
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[j * n + i] = q[i * n + j]!;
  return { diagonal, offDiagonal, vectors };
}

/** Overwrites `d` with the eigenvalues, unordered, and the rows of `vectors` with the eigenvectors. */
async function diagonalise(
  d: Float64Array,
  e: Float64Array,
  vectors: Float64Array,
  pause: () => Promise<void> | undefined,
): Promise<void> {
  const n = d.length;
  let largest = 0;
  for (let first = 0; first < n; first++) {
    largest = Math.max(largest, Math.abs(d[first]!) + Math.abs(e[first]!));
    for (let sweep = 0; ; sweep++) {
      let last = first;
      while (last < n - 1 && !(Math.abs(e[last]!) <= Number.EPSILON * largest)) last++;
      if (last === first) break;
      if (sweep === MAX_SWEEPS || !Number.isFinite(largest)) {
        throw new UpscaleError(
          `eigenvalue ${first} of ${n}: expected it to converge in ${MAX_SWEEPS} sweeps, got off-diagonal ${e[first]}. ` +
            'Check that the weights are finite.',
        );
      }
      await pause();
      qlSweep(d, e, vectors, first, last);
    }
  }
}

/** One QL step with implicit Wilkinson shift on rows `first … last`. Applies the rotations to the rows of `vectors`. */
function qlSweep(d: Float64Array, e: Float64Array, vectors: Float64Array, first: number, last: number): void {
  const n = d.length;
  let g = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  let r = Math.sqrt(g * g + 1);
  g = d[last]! - d[first]! + e[first]! / (g + (g < 0 ? -r : r));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      // An off-diagonal entry became zero by underflow, so the matrix splits here.
      d[i + 1]! -= shift;
      e[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shift;
    r = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * r;
    d[i + 1] = g + shift;
    g = cosine * r - b;
    const low = i * n;
    const high = low + n;
    for (let k = 0; k < n; k++) {
      const x = vectors[low + k]!;
      const y = vectors[high + k]!;
      vectors[high + k] = sine * x + cosine * y;
      vectors[low + k] = cosine * x - sine * y;
    }
  }
  d[first]! -= shift;
  e[first] = g;
  e[last] = 0;
}
