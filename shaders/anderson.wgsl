// Anderson mixing of Sinkhorn's column half-steps (Anderson 1965; type II of Walker & Ni 2011, SIAM J. Numer. Anal. 49).
//
//   r_j = ε·(log b − log Σ_i T_ij)                     residual of g: the half-step would lead to g + r
//   γ = argmin ‖r − Σ_q γ_q Δr_q‖                      over the last steps Δx_q and changes Δr_q of the residual
//   next = g + r − Σ_q γ_q (Δx_q + Δr_q)
//
// If a mixed step let the marginal error or the residual grow by a factor, `next` is where the step before would have led unmixed, and
// the history starts again. It runs after sinkhorn_columns.wgsl. One workgroup is enough, because there are few columns compared with entries.
// The same steps in TypeScript: src/backend/anderson.ts.
// @use sinkhorn_record.wgsl
// @use rows.wgsl
// @parameter LANES 256
// @parameter ROWS 1

struct Params {
  columns: u32,
  /// Entries in a row of the history.
  width: u32,
  /// Number of `errors`.
  parts: u32,
  /// 1 before the first iteration of a sequence.
  first: u32,
  epsilon: f32,
  log_marginal: f32,
  tolerance: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read> errors: array<f32>;
/// Rows: header (state, steps stored, error, whether the last step was mixed), residual, step, DEPTH steps, DEPTH changes.
@group(0) @binding(4) var<storage, read_write> history: array<f32>;
@group(0) @binding(5) var<storage, read_write> next: array<f32>;
@group(0) @binding(6) var<storage, read_write> record: array<f32>;

const DEPTH = 5u;
const FRESH = 0.0;
const STARTED = 1.0;
const FOLLOWING = 2.0;
const GROWTH = 2.0;
// An error cannot grow beyond 2, however far a step leads; a residual does.
const JUMP = 100.0;
// Makes the normal equations, scaled to a diagonal of 1, solvable in float32.
const RIDGE = 1e-6;

var<workgroup> taken_back: u32;
var<workgroup> header: vec4f;
var<workgroup> products: array<array<f32, DEPTH>, DEPTH>;
var<workgroup> right: array<f32, DEPTH>;
var<workgroup> factors: array<f32, DEPTH>;

alias Value = vec4f;

fn residual(j: u32) -> f32 {
  let log_sum = g[j] / params.epsilon + state[j] + log(state[params.columns + j]);
  return params.epsilon * (params.log_marginal - log_sum);
}

fn step_row(q: u32) -> u32 {
  return (3u + q) * params.width;
}

fn change_row(q: u32) -> u32 {
  return (3u + DEPTH + q) * params.width;
}

/// Solves the scaled normal equations by Cholesky's factors.
fn solve(count: u32) {
  var scale: array<f32, DEPTH>;
  var lower: array<array<f32, DEPTH>, DEPTH>;
  for (var a = 0u; a < count; a++) {
    let square = products[a][a];
    scale[a] = select(1.0, inverseSqrt(square), square > 0.0);
  }
  for (var a = 0u; a < count; a++) {
    for (var b = 0u; b <= a; b++) {
      var entry = products[a][b] * scale[a] * scale[b] + select(0.0, RIDGE, a == b);
      for (var q = 0u; q < b; q++) {
        entry -= lower[a][q] * lower[b][q];
      }
      lower[a][b] = select(entry / lower[b][b], sqrt(max(entry, RIDGE)), a == b);
    }
    factors[a] = right[a] * scale[a];
    for (var q = 0u; q < a; q++) {
      factors[a] -= lower[a][q] * factors[q];
    }
    factors[a] /= lower[a][a];
  }
  for (var k = count; k > 0u; k--) {
    let a = k - 1u;
    for (var q = k; q < count; q++) {
      factors[a] -= lower[q][a] * factors[q];
    }
    factors[a] /= lower[a][a];
  }
  for (var a = 0u; a < count; a++) {
    factors[a] *= scale[a];
  }
}

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let thread = place.thread;
  if (thread == 0u) {
    let k = u32(record[1]);
    ended = u32(params.first == 0u && k > 0u && record[k + 2u] <= params.tolerance);
    header = vec4f(history[0], history[1], history[2], history[3]);
  }
  if (workgroupUniformLoad(&ended) != 0u) {
    return;
  }
  let before = workgroupUniformLoad(&header);
  if (before.x == FRESH) {
    // f is not yet a function of g.
    if (thread == 0u) {
      history[0] = STARTED;
    }
    return;
  }
  var own_error = 0.0;
  for (var i = thread; i < params.parts; i += THREADS) {
    own_error += errors[i];
  }
  let residual_row = params.width;
  var own_squares = vec2f();
  for (var j = thread; j < params.columns; j += THREADS) {
    let both = vec2f(residual(j), history[residual_row + j]);
    own_squares += both * both;
  }
  let sums = row_sum(vec4f(own_error, own_squares, 0.0), place);
  let error = sums.x;
  if (thread == 0u) {
    let grown = !(error <= GROWTH * before.z);
    let jumped = !(sums.y <= JUMP * JUMP * sums.z);
    taken_back = u32(before.w == 1.0 && (grown || jumped));
  }
  let taken_row = 2u * params.width;
  if (workgroupUniformLoad(&taken_back) != 0u) {
    for (var j = thread; j < params.columns; j += THREADS) {
      next[j] = g[j] + (history[residual_row + j] - history[taken_row + j]);
    }
    if (thread == 0u) {
      history[0] = STARTED;
      history[1] = 0.0;
      history[3] = 0.0;
    }
    return;
  }
  let slot = u32(before.y) % DEPTH;
  let stored = u32(before.y) + u32(before.x == FOLLOWING);
  let count = min(stored, DEPTH);
// @each a 5
  var low_{a} = vec4f();
  var high_{a} = vec2f();
// @end
  for (var j = thread; j < params.columns; j += THREADS) {
    let r = residual(j);
    if (before.x == FOLLOWING) {
      history[step_row(slot) + j] = history[taken_row + j];
      history[change_row(slot) + j] = r - history[residual_row + j];
    }
// @each a 5
    let change_{a} = select(0.0, history[change_row({a}u) + j], {a}u < count);
// @end
// @each a 5
    low_{a} += change_{a} * vec4f(change_0, change_1, change_2, change_3);
    high_{a} += change_{a} * vec2f(change_4, r);
// @end
  }
// @each a 5
  let sum_low_{a} = row_sum(low_{a}, place);
  let sum_high_{a} = row_sum(vec4f(high_{a}, 0.0, 0.0), place);
// @end
  if (thread == 0u) {
// @each a 5
    products[{a}] = array<f32, DEPTH>(sum_low_{a}.x, sum_low_{a}.y, sum_low_{a}.z, sum_low_{a}.w, sum_high_{a}.x);
    right[{a}] = sum_high_{a}.y;
// @end
    solve(count);
  }
  workgroupBarrier();
  for (var j = thread; j < params.columns; j += THREADS) {
    let r = residual(j);
    var step = r;
    for (var q = 0u; q < count; q++) {
      step -= factors[q] * (history[step_row(q) + j] + history[change_row(q) + j]);
    }
    next[j] = g[j] + step;
    history[residual_row + j] = r;
    history[taken_row + j] = step;
  }
  if (thread == 0u) {
    history[0] = FOLLOWING;
    history[1] = f32(stored);
    history[2] = error;
    history[3] = f32(count > 0u);
  }
}
