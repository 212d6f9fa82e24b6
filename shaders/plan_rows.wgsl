// Measures of each row of the plan. Its entries are computed from cost and potentials and never stored.
//
//   T_ij = exp(x_ij),  x_ij = (f_i + g_j − M_ij) / ε,  p_j = T_ij / Σ_j T_ij
//   out[i] = (Σ_j T_ij,  −Σ_j p_j·log p_j,  Σ_j T_ij·G_ij,  argmax_j T_ij,  max_j x_ij)
//
// G is M, or the original cost if the plan was solved on moved points.
//
// With m the running maximum, s = Σ e^(x−m) and t = Σ e^(x−m)·(x−m), the entropy is log s − t/s, which is defined even if
// the row's mass underflows. Plan perplexity is exp of the mean of these entropies.
// @use rows.wgsl

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<Entries>;
@group(0) @binding(2) var<storage, read> ground: array<Entries>;
@group(0) @binding(3) var<storage, read> f: array<f32>;
@group(0) @binding(4) var<storage, read> g: array<Entries>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

const LOWEST = -3.4e38;
const LARGEST_EXPONENT = 60.0;

/// s, t and Σ e^(x−m)·G.
alias Value = vec3f;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let row = row_of(place);
  let lane = place.thread % LANES;
  let width = params.columns / WIDE;
  let start = row * width;
  let end = select(0u, width, row < params.rows);
  let f_row = f[params.row_start + min(row, params.rows - 1u)];
  var maximum = Entries(LOWEST);
  var sum = Entries();
  var log_sum = Entries();
  var costs = Entries();
  var argmax = Indices();
  for (var j = lane; j < end; j += LANES) {
    let x = (f_row + g[j] - cost[start + j]) / params.epsilon;
    let rise = x - maximum;
    let e = exp(-abs(rise));
    let higher = rise > Entries();
    log_sum = select(fma(e, rise, log_sum), e * (log_sum - rise * sum), higher);
    sum = select(sum + e, fma(sum, e, Entries(1.0)), higher);
    costs = select(fma(e, ground[start + j], costs), fma(costs, e, ground[start + j]), higher);
    argmax = select(argmax, OFFSETS + j * WIDE, higher);
    maximum = max(maximum, x);
  }
  let highest = row_max(Value(max_of(maximum)), place).x;
  // Of equal maxima the first counts.
  let candidates = select(Entries(LOWEST), -Entries(argmax), maximum == Entries(highest));
  let first = -row_max(Value(max_of(candidates)), place).x;
  // A lane without entries has the maximum −3.4e38, and its sums are 0.
  let fall = max(maximum - highest, Entries(-200.0));
  let e = exp(fall);
  let own = Value(sum_of(e * sum), sum_of(e * (log_sum + fall * sum)), sum_of(e * costs));
  let total = row_sum(own, place);
  if (lane > 0u || row >= params.rows) {
    return;
  }
  let scale = exp(min(highest, LARGEST_EXPONENT));
  out[row * 5u] = total.x * scale;
  out[row * 5u + 1u] = max(0.0, log(total.x) - total.y / total.x);
  out[row * 5u + 2u] = total.z * scale;
  out[row * 5u + 3u] = first;
  out[row * 5u + 4u] = highest;
}
