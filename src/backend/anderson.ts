/** Number of differences that are mixed. */
const DEPTH = 5;
/** Rows of a history: its header, the last residual and step, and `DEPTH` differences of each. */
export const HISTORY_ROWS = 3 + 2 * DEPTH;
/** Entries of the header. */
const HEADER = { state: 0, stored: 1, error: 2, mixed: 3 } as const;
/** Least width of a history, for the header. */
export const MIN_WIDTH = 4;
/** Values of the header's `state`. A history of zeros is fresh. */
const STATE = { fresh: 0, started: 1, following: 2 } as const;
/** A mixed step whose error is larger than the one before by this factor is taken back. */
const GROWTH = 2;
/** So is one whose residual is longer than the one before by this factor: an error cannot grow beyond 2, however far a step leads. */
const JUMP = 100;
/** Added to the diagonal of the normal equations, whose diagonal is scaled to 1, so that float32 can solve them. */
const RIDGE = 1e-6;

type Numbers = Float32Array | Float64Array;

/**
 * Anderson mixing (Anderson 1965; type II of Walker & Ni 2011, SIAM J. Numer. Anal. 49) of Sinkhorn's column half-step g ↦ g + r:
 * returns the step d = r − Σ_q γ_q (Δx_q + Δr_q), with γ the least squares solution of r ≈ Σ_q γ_q Δr_q over the last steps Δx and
 * changes Δr of the residual. `error` is the marginal error at g. If a mixed step let it or the residual grow, the step leads to where
 * the step before would have gone unmixed, and the history starts again, so that mixing is never worse for long.
 *
 * The first step from a fresh history is not mixed and not kept, because f is not yet a function of g.
 * @param history `HISTORY_ROWS` rows of `width` numbers, zero at first. Its differences are small, and float32 keeps enough of them.
 */
export function andersonStep(
  history: Numbers,
  width: number,
  residual: Float64Array,
  error: number,
): Float64Array {
  const columns = residual.length;
  const row = (index: number): Numbers => history.subarray(index * width, index * width + columns);
  const [header, before, taken] = [history.subarray(0, MIN_WIDTH), row(1), row(2)];
  if (header[HEADER.state] === STATE.fresh) {
    header[HEADER.state] = STATE.started;
    return residual;
  }
  const grown = !(error <= GROWTH * header[HEADER.error]!);
  const jumped = !(dot(residual, residual) <= JUMP ** 2 * dot(before, before));
  if (header[HEADER.mixed] === 1 && (grown || jumped)) {
    header.set([STATE.started, 0, 0, 0]);
    return Float64Array.from(before, (value, j) => value - taken[j]!);
  }
  let stored = header[HEADER.stored]!;
  if (header[HEADER.state] === STATE.following) {
    const slot = stored % DEPTH;
    row(3 + slot).set(taken);
    row(3 + DEPTH + slot).set(Float64Array.from(residual, (value, j) => value - before[j]!));
    stored++;
  }
  const count = Math.min(stored, DEPTH);
  const changes = Array.from({ length: count }, (_, q) => row(3 + DEPTH + q));
  const factors = mixingFactors(changes, residual);
  const step = residual.slice();
  for (const [q, factor] of factors.entries()) {
    const [moved, changed] = [row(3 + q), row(3 + DEPTH + q)];
    for (let j = 0; j < columns; j++) step[j]! -= factor * (moved[j]! + changed[j]!);
  }
  before.set(residual);
  taken.set(step);
  header.set([STATE.following, stored, error, Number(count > 0)]);
  return step;
}

/**
 * Replaces the column half-step that led from `before` to the present `g` by the mixed one.
 * @param history as in `andersonStep`; `error` is the marginal error at `before`.
 */
export function mixColumns(
  g: Float64Array,
  before: Float64Array,
  history: { readonly numbers: Numbers; readonly width: number },
  error: number,
): void {
  const residual = before.map((value, j) => g[j]! - value);
  const step = andersonStep(history.numbers, history.width, residual, error);
  for (let j = 0; j < g.length; j++) g[j] = before[j]! + step[j]!;
}

function dot(x: Numbers, y: Numbers): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j]! * y[j]!;
  return sum;
}

/** Returns γ that minimises ‖r − Σ_q γ_q Δr_q‖, by Cholesky's factors of the scaled normal equations. */
function mixingFactors(changes: readonly Numbers[], residual: Float64Array): number[] {
  const scale = changes.map((change) => 1 / Math.sqrt(dot(change, change) || 1));
  const lower: number[][] = [];
  const y: number[] = [];
  for (const [a, change] of changes.entries()) {
    const line: number[] = [];
    for (let b = 0; b <= a; b++) {
      let entry = dot(change, changes[b]!) * scale[a]! * scale[b]! + (a === b ? RIDGE : 0);
      const other = b === a ? line : lower[b]!;
      for (let q = 0; q < b; q++) entry -= line[q]! * other[q]!;
      line.push(a === b ? Math.sqrt(Math.max(entry, RIDGE)) : entry / lower[b]![b]!);
    }
    lower.push(line);
    let right = dot(change, residual) * scale[a]!;
    for (let q = 0; q < a; q++) right -= line[q]! * y[q]!;
    y.push(right / line[a]!);
  }
  const factors = y.slice();
  for (let a = factors.length - 1; a >= 0; a--) {
    for (let q = a + 1; q < factors.length; q++) factors[a]! -= lower[q]![a]! * factors[q]!;
    factors[a]! /= lower[a]![a]!;
  }
  return factors.map((factor, q) => factor * scale[q]!);
}
