// Row half-step of Sinkhorn and the column sums of the plan that it makes, in one pass over the cost (Cuturi 2013; in the log
// domain as in POT:ot/bregman/_sinkhorn.py sinkhorn_log).
//
//   f̂_i = ε·log a − ε·LSE_j((g_j − M_ij) / ε)
//   f_i ← f_i + ω·(δ·f̂_i − f_i)                            δ: damping, ω: relaxation
//   column_sums[p, j] = Σ_i exp((f_i + g_j − M_ij) / ε)        over the rows i of workgroup p
//
// A thread keeps its columns of a row in registers: x_ij = (g_j − M_ij) / ε, and one exponential e_ij = exp(x_ij − max_j x_ij)
// per entry. The new plan is e_ij times one factor per row, so that the column sums need no second exponential, and they cannot
// overflow, because no row exceeds its mass. Exponents are of 2, as devices compute them.
//
// g is the result of the column half-step, `next`, which sinkhorn_columns.wgsl wrote with the error before it. If this error is
// at most the tolerance, after one iteration or more, nothing changes.
// @use sinkhorn_record.wgsl
// @use rows.wgsl
// All threads share a row.
// @parameter LANES 128
// @parameter ROWS 1
// Rows per workgroup, and how many of them are reduced together: 1, 2 or 4, a divisor of TAKEN.
// @parameter TAKEN 8
// @parameter TOGETHER 4
// Groups of columns per thread; 0: any number, each entry read and its exponential computed twice. A group is four columns, or
// with VECTOR 0 one, for rows that are not whole vectors.
// @parameter GROUPS 1
// @parameter VECTOR 1

struct Params {
  row_start: u32,
  /// 0: only writes the error to the record.
  rows: u32,
  /// Groups in a row.
  width: u32,
  epsilon: f32,
  /// 1 / (ε·log 2).
  inverse: f32,
  marginal: f32,
  log_marginal: f32,
  damping: f32,
  relaxation: f32,
  tolerance: f32,
  /// Number of `errors`.
  parts: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<Entries>;
@group(0) @binding(2) var<storage, read> next: array<Entries>;
@group(0) @binding(3) var<storage, read> errors: array<f32>;
@group(0) @binding(4) var<storage, read_write> f: array<f32>;
@group(0) @binding(5) var<storage, read_write> g: array<Entries>;
@group(0) @binding(6) var<storage, read_write> column_sums: array<Entries>;
@group(0) @binding(7) var<storage, read_write> record: array<f32>;

const LOWEST = -3.4e38;
const LARGEST_EXPONENT = 60.0;
const LOG_2 = 0.6931471805599453;

// One number for each of the rows that are reduced together.
// @if TOGETHER 1
alias Value = f32;
fn of_0(x: Value) -> f32 {
  return x;
}
// @end
// @if TOGETHER 2
alias Value = vec2f;
// @each b 2
fn of_{b}(x: Value) -> f32 {
  return x[{b}];
}
// @end
// @end
// @if TOGETHER 4
alias Value = vec4f;
// @each b 4
fn of_{b}(x: Value) -> f32 {
  return x[{b}];
}
// @end
// @end

/// A row's new potential, and the factor that makes its mass, the sum of exp2(x − maximum), the plan's.
struct Row {
  potential: f32,
  weight: f32,
}

fn half_step(maximum: f32, mass: f32, old: f32) -> Row {
  let met = params.epsilon * (params.log_marginal - LOG_2 * maximum - log(mass));
  let damped = params.damping * met;
  let potential = select(old + params.relaxation * (damped - old), damped, params.relaxation == 1.0);
  let excess = exp(min((potential - met) / params.epsilon, LARGEST_EXPONENT));
  return Row(potential, params.marginal / mass * excess);
}

// @if GROUPS
// @else
var<workgroup> maxima: array<f32, TAKEN>;
var<workgroup> weights: array<f32, TAKEN>;
// @end

var<workgroup> part: u32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let thread = place.thread;
  // Loaded as the same for all threads, because barriers depend on it.
  if (thread == 0u) {
    part = row_of(place);
  }
  let p = workgroupUniformLoad(&part);
  var own_error = 0.0;
  for (var i = thread; i < params.parts; i += THREADS) {
    own_error += errors[i];
  }
  let error = of_0(row_sum(Value(own_error), place));
  if (thread == 0u) {
    ended = u32(error <= params.tolerance && record[0] > 0.0);
    if (p == 0u) {
      record_error(error, params.tolerance);
    }
  }
  if (workgroupUniformLoad(&ended) != 0u || p * TAKEN >= params.rows) {
    return;
  }
// @if GROUPS
// @each j GROUPS
  let c_{j} = thread + {j}u * THREADS;
  let g_{j} = next[min(c_{j}, params.width - 1u)];
  var sum_{j} = Entries();
  if (p == 0u && c_{j} < params.width) {
    g[c_{j}] = g_{j};
  }
// @end
  for (var first = p * TAKEN; first < (p + 1u) * TAKEN; first += TOGETHER) {
// @each b TOGETHER
    // Rows past the last repeat it, without weight.
    let row_{b} = min(first + {b}u, params.rows - 1u);
    // Read before the barriers, because thread 0 writes it after them.
    let old_{b} = f[params.row_start + row_{b}];
    let at_{b} = row_{b} * params.width;
// @each j GROUPS
    var x_{b}_{j} = Entries(LOWEST);
    if (c_{j} < params.width) {
      x_{b}_{j} = (g_{j} - cost[at_{b} + c_{j}]) * params.inverse;
    }
// @end
    var largest_{b} = max_of(x_{b}_0);
// @each j GROUPS
    largest_{b} = max(largest_{b}, max_of(x_{b}_{j}));
// @end
// @end
    let maximum = row_max(
      Value(
// @each b TOGETHER
        largest_{b},
// @end
      ),
      place,
    );
// @each b TOGETHER
    var total_{b} = 0.0;
// @each j GROUPS
    x_{b}_{j} = exp2(x_{b}_{j} - of_{b}(maximum));
    total_{b} += sum_of(x_{b}_{j});
// @end
// @end
    let mass = row_sum(
      Value(
// @each b TOGETHER
        total_{b},
// @end
      ),
      place,
    );
// @each b TOGETHER
    let new_{b} = half_step(of_{b}(maximum), of_{b}(mass), old_{b});
    let weight_{b} = select(0.0, new_{b}.weight, first + {b}u < params.rows);
// @each j GROUPS
    sum_{j} = fma(Entries(weight_{b}), x_{b}_{j}, sum_{j});
// @end
    if (thread == 0u && first + {b}u < params.rows) {
      f[params.row_start + row_{b}] = new_{b}.potential;
    }
// @end
  }
// @each j GROUPS
  if (c_{j} < params.width) {
    column_sums[p * params.width + c_{j}] = sum_{j};
  }
// @end
// @else
  let rows = min(TAKEN, params.rows - p * TAKEN);
  for (var r = 0u; r < TAKEN; r++) {
    let row = min(p * TAKEN + r, params.rows - 1u);
    let old = f[params.row_start + row];
    let start = row * params.width;
    var own_largest = LOWEST;
    for (var c = thread; c < params.width; c += THREADS) {
      own_largest = max(own_largest, max_of((next[c] - cost[start + c]) * params.inverse));
    }
    let maximum = of_0(row_max(Value(own_largest), place));
    var own_total = 0.0;
    for (var c = thread; c < params.width; c += THREADS) {
      own_total += sum_of(exp2((next[c] - cost[start + c]) * params.inverse - maximum));
    }
    let mass = of_0(row_sum(Value(own_total), place));
    if (thread == 0u && r < rows) {
      let moved = half_step(maximum, mass, old);
      f[params.row_start + row] = moved.potential;
      maxima[r] = maximum;
      weights[r] = moved.weight;
    }
  }
  workgroupBarrier();
  for (var c = thread; c < params.width; c += THREADS) {
    let g_c = next[c];
    var sum = Entries();
    for (var r = 0u; r < rows; r++) {
      let x = (g_c - cost[(p * TAKEN + r) * params.width + c]) * params.inverse;
      sum = fma(Entries(weights[r]), exp2(x - maxima[r]), sum);
    }
    column_sums[p * params.width + c] = sum;
    if (p == 0u) {
      g[c] = g_c;
    }
  }
// @end
}
