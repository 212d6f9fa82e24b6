import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import { Scope } from '../../backend/scope';
import { normals } from '../../transport/random';

const MAX_ITERATIONS = 60;
/** The iteration stops when it turns the direction by less (radians). */
const TOLERANCE = 1e-4;
const SEED = 1;

/**
 * Returns the scores of all points on their first principal component, those of `a` before those of `b`. Power iteration on
 * the covariance from a fixed start; the sign makes the component's largest entry positive.
 */
export async function principalScores(
  backend: Backend,
  { a, b }: { readonly a: Tensor; readonly b: Tensor },
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const [n, width] = matrix(a);
  const [m] = matrix(b);
  const mean = new Float32Array(width);
  for (const [x, count] of [
    [a, n],
    [b, m],
  ] as const) {
    const sums = await transposedTimes(backend, x, new Float32Array(count).fill(1));
    for (let k = 0; k < width; k++) mean[k] = (mean[k] ?? 0) + (sums[k] ?? 0) / (n + m);
  }
  let direction = unit(normals(width, SEED));
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    signal?.throwIfAborted();
    const next = new Float64Array(width);
    for (const x of [a, b]) {
      const scores = await centred(backend, x, direction, mean);
      const back = await transposedTimes(backend, x, scores);
      const sum = scores.reduce((total, score) => total + score, 0);
      for (let k = 0; k < width; k++) next[k] = (next[k] ?? 0) + (back[k] ?? 0) - sum * (mean[k] ?? 0);
    }
    // If all points are equal, any direction will do.
    if (!next.some((value) => value !== 0)) break;
    const turned = unit(next);
    const cosine = dot(turned, direction);
    direction = turned;
    if (1 - Math.abs(cosine) < TOLERANCE ** 2 / 2) break;
  }
  const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  if (largest < 0) direction = direction.map((value) => -value);
  const scores = new Float32Array(n + m);
  scores.set(await centred(backend, a, direction, mean));
  scores.set(await centred(backend, b, direction, mean), n);
  return scores;
}

/** Returns (X − 1μᵀ)·v. */
async function centred(
  backend: Backend,
  x: Tensor,
  direction: Float32Array,
  mean: Float32Array,
): Promise<Float32Array> {
  const scope = new Scope(backend);
  try {
    const v = scope.own(backend.upload(direction, [direction.length, 1], 'f32', 'direction'));
    const scores = await backend.read(scope.own(backend.matmul(x, v)));
    const offset = dot(direction, mean);
    return scores.map((score) => score - offset);
  } finally {
    scope.free();
  }
}

/** Returns Xᵀ·w. */
async function transposedTimes(backend: Backend, x: Tensor, weights: Float32Array): Promise<Float32Array> {
  const scope = new Scope(backend);
  try {
    const w = scope.own(backend.upload(weights, [weights.length, 1], 'f32', 'weights of rows'));
    return await backend.read(scope.own(backend.matmul(x, w, { orientation: 'tn' })));
  } finally {
    scope.free();
  }
}

const dot = (x: Float32Array, y: Float32Array): number =>
  x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0);

function unit(values: Float32Array | Float64Array): Float32Array {
  let squares = 0;
  for (const value of values) squares += value * value;
  const length = Math.sqrt(squares);
  return Float32Array.from(values, (value) => value / length);
}
