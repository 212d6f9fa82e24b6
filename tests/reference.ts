/**
 * Reference implementations of the operations by their formulas, in float64, ignoring speed and overflow. Row-major.
 */
import type { AttentionShape } from '../src/backend/operations';

type Entry = (i: number, j: number) => number;

/** Builds a matrix from a function of row and column. */
export function tabulate(rows: number, columns: number, entry: Entry): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j] = entry(i, j);
  return out;
}

export function sum(count: number, term: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += term(k);
  return total;
}

/** Returns a function that reads a matrix by row and column and throws for a wrong index. */
export function entries(values: Float64Array, columns: number): Entry {
  return (i, j) => {
    const value = j < columns ? values[i * columns + j] : undefined;
    if (value === undefined) throw new Error(`no entry ${i}, ${j}`);
    return value;
  };
}

export const DERIVATIVE_ERROR = 1e-9;

/** Derivative at 0 of a function of order 1 to 100, by fourth-order differences; error `DERIVATIVE_ERROR`. */
function derivative(moved: (by: number) => number): number {
  // The error is h⁴/30 of the fifth derivative, plus the rounding of the function divided by h.
  const h = 1e-3;
  return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
}

/** Derivatives of a loss of order 1 to 100 by the entries `places`. */
export function derivativesAt(
  values: Float64Array,
  places: readonly number[],
  loss: (values: Float64Array) => number,
): Float64Array {
  const moving = values.slice();
  return Float64Array.from(places, (place) => {
    const value = values[place] ?? NaN;
    const slope = derivative((by) => {
      moving[place] = value + by;
      return loss(moving);
    });
    moving[place] = value;
    return slope;
  });
}

/** Derivatives by every entry. */
export const derivatives = (values: Float64Array, loss: (values: Float64Array) => number): Float64Array =>
  derivativesAt(values, [...values.keys()], loss);

/** Derivatives of a sum over the entries, by each of them: of its own term. */
export const derivativesOfTerms = (
  values: Float64Array,
  term: (value: number, i: number) => number,
): Float64Array => values.map((value, i) => derivative((by) => term(value + by, i)));

export function logSumExp(count: number, term: (k: number) => number): number {
  const terms = new Float64Array(count);
  let largest = -Infinity;
  for (let k = 0; k < count; k++) largest = Math.max(largest, (terms[k] = term(k)));
  return largest + Math.log(sum(count, (k) => Math.exp((terms[k] ?? 0) - largest)));
}

/** Returns the matrix product in one of three orientations, and Σ|a||b| of every entry. */
export function product(
  orientation: 'nn' | 'nt' | 'tn',
  a: Float64Array,
  b: Float64Array,
  rows: number,
  columns: number,
  inner: number,
): { values: Float64Array; magnitude: Float64Array } {
  const left = entries(a, orientation === 'tn' ? rows : inner);
  const right = entries(b, orientation === 'nt' ? inner : columns);
  const term = (i: number, j: number, k: number): number =>
    (orientation === 'tn' ? left(k, i) : left(i, k)) * (orientation === 'nt' ? right(j, k) : right(k, j));
  return {
    values: tabulate(rows, columns, (i, j) => sum(inner, (k) => term(i, j, k))),
    magnitude: tabulate(rows, columns, (i, j) => sum(inner, (k) => Math.abs(term(i, j, k)))),
  };
}

export function distances(a: Float64Array, b: Float64Array, rows: number, columns: number, inner: number) {
  const x = entries(a, inner);
  const y = entries(b, inner);
  return tabulate(rows, columns, (i, j) => Math.sqrt(sum(inner, (k) => (x(i, k) - y(j, k)) ** 2)));
}

/** Returns 1 − cos of rows. A zero row has cosine 0 with other rows and 1 with zero rows. */
export function cosineDistances(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  columns: number,
  inner: number,
) {
  const x = entries(a, inner);
  const y = entries(b, inner);
  return tabulate(rows, columns, (i, j) => {
    const dot = sum(inner, (k) => x(i, k) * y(j, k));
    const [xx, yy] = [sum(inner, (k) => x(i, k) ** 2), sum(inner, (k) => y(j, k) ** 2)];
    if (xx === 0 || yy === 0) return xx === yy ? 0 : 1;
    return 1 - dot / Math.sqrt(xx * yy);
  });
}

export interface Problem {
  readonly n: number;
  readonly m: number;
  readonly cost: Float64Array;
  readonly f: Float64Array;
  readonly g: Float64Array;
  readonly epsilon: number;
}

const at = (values: Float64Array, i: number): number => values[i] ?? NaN;

/** T_ij = exp((f_i + g_j − M_ij)/ε). */
export const plan = ({ n, m, cost, f, g, epsilon }: Problem): Float64Array =>
  tabulate(n, m, (i, j) => Math.exp((at(f, i) + at(g, j) - at(cost, i * m + j)) / epsilon));

/** f_i = ε·log a − ε·LSE_j((g_j − M_ij)/ε). */
export const rowPotentials = ({ n, m, cost, g, epsilon }: Problem, logMarginal: number): Float64Array =>
  Float64Array.from(
    { length: n },
    (_, i) => epsilon * (logMarginal - logSumExp(m, (j) => (at(g, j) - at(cost, i * m + j)) / epsilon)),
  );

/** g_j = ε·log b − ε·LSE_i((f_i − M_ij)/ε). */
export const columnPotentials = ({ n, m, cost, f, epsilon }: Problem, logMarginal: number): Float64Array =>
  Float64Array.from(
    { length: m },
    (_, j) => epsilon * (logMarginal - logSumExp(n, (i) => (at(f, i) - at(cost, i * m + j)) / epsilon)),
  );

/** Σ_j |Σ_i T_ij − b|. */
export function columnError(problem: Problem, marginal: number): number {
  const mass = entries(plan(problem), problem.m);
  return sum(problem.m, (j) => Math.abs(sum(problem.n, (i) => mass(i, j)) - marginal));
}

/** Returns maximum and mean, interleaved, of the matrix entries that each pixel covers. */
export const pooled = (...args: PoolArgs): Float64Array => pool((covered) => Math.max(...covered), ...args);

/** Like `pooled`, with the entry of largest magnitude (the first if equal) instead of the maximum. */
export const pooledDifference = (...args: PoolArgs): Float64Array =>
  pool((covered) => covered.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? NaN, ...args);

type PoolArgs = [values: Float64Array, rows: number, columns: number, height: number, width: number];

function pool(
  most: (covered: number[]) => number,
  ...[values, rows, columns, height, width]: PoolArgs
): Float64Array {
  const value = entries(values, columns);
  const out = new Float64Array(height * width * 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const covered: number[] = [];
      for (let i = Math.floor((y * rows) / height); i < Math.ceil(((y + 1) * rows) / height); i++) {
        for (let j = Math.floor((x * columns) / width); j < Math.ceil(((x + 1) * columns) / width); j++) {
          covered.push(value(i, j));
        }
      }
      out[2 * (y * width + x)] = most(covered);
      out[2 * (y * width + x) + 1] = sum(covered.length, (k) => covered[k] ?? NaN) / covered.length;
    }
  }
  return out;
}

/** Multiplies dimensions j and j + h/2, as a complex number, by cos + i·sin of `angle(position, pair)`. */
export function rotaryEmbedded(
  x: Float64Array,
  rows: number,
  heads: number,
  headDim: number,
  angle: (position: number, pair: number) => { cosine: number; sine: number },
): Float64Array {
  const value = entries(x, heads * headDim);
  const half = headDim / 2;
  return tabulate(rows, heads * headDim, (t, column) => {
    const j = column % headDim;
    const start = column - j;
    const { cosine, sine } = angle(t, j % half);
    const [real, imaginary] = [value(t, start + (j % half)), value(t, start + (j % half) + half)];
    return j < half ? real * cosine - imaginary * sine : real * sine + imaginary * cosine;
  });
}

/** Computes causal attention with the full matrix of weights, head by head. */
export function causalAttention(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  queries: number,
  { heads, kvHeads, headDim, past, scale = 1 / Math.sqrt(headDim), span = Infinity, cap }: AttentionShape,
): Float64Array {
  const query = entries(q, heads * headDim);
  const key = entries(k, kvHeads * headDim);
  const value = entries(v, kvHeads * headDim);
  const group = heads / kvHeads;
  const weights = Array.from({ length: heads }, (_, head) =>
    Array.from({ length: queries }, (_, t) => {
      const from = Math.floor(head / group) * headDim;
      const scores = Array.from({ length: past + t + 1 }, (_, s) => {
        if (past + t - s >= span) return -Infinity;
        const score = sum(headDim, (d) => query(t, head * headDim + d) * key(s, from + d)) * scale;
        return cap === undefined ? score : cap * Math.tanh(score / cap);
      });
      const total = logSumExp(scores.length, (s) => scores[s] ?? NaN);
      return scores.map((score) => Math.exp(score - total));
    }),
  );
  return tabulate(queries, heads * headDim, (t, column) => {
    const head = Math.floor(column / headDim);
    const from = Math.floor(head / group) * headDim;
    const row = weights[head]?.[t] ?? [];
    return sum(row.length, (s) => (row[s] ?? NaN) * value(s, from + (column % headDim)));
  });
}
