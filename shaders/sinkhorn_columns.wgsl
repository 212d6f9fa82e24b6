// Column half-step of Sinkhorn, and the marginal error before it, from the column sums of sinkhorn_rows.wgsl or column_log_sum.wgsl.
//
//   L_j = LSE_i((f_i − M_ij) / ε) = log Σ_p column_sums[p, j] − g_j / ε
//   errors[w] = Σ_j |exp(g_j / ε + L_j) − b|          over the columns j of workgroup w
//   next_j = g_j + ω·(δ·ε·(log b − L_j) − g_j)        δ: damping, ω: relaxation
//
// L is kept in `state` as column_log_sum.wgsl does, and combined with that of the bands before. A column so far from its marginal
// that entries may have underflowed is summed again from the cost, relative to its largest exponent.
//
// @use sinkhorn_record.wgsl
// @use column_mass.wgsl
// Columns per workgroup, and threads that share one.
// @parameter WIDTH 32
// @parameter LANES 8

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  /// Rows of `column_sums`; 0: L is in `state`.
  parts: u32,
  epsilon: f32,
  log_marginal: f32,
  damping: f32,
  relaxation: f32,
  tolerance: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> column_sums: array<f32>;
@group(0) @binding(2) var<storage, read> cost: array<f32>;
@group(0) @binding(3) var<storage, read> f: array<f32>;
@group(0) @binding(4) var<storage, read> g: array<f32>;
@group(0) @binding(5) var<storage, read_write> state: array<f32>;
@group(0) @binding(6) var<storage, read_write> next: array<f32>;
@group(0) @binding(7) var<storage, read_write> errors: array<f32>;
@group(0) @binding(8) var<storage, read_write> record: array<f32>;

// Entries that underflow, below 1e-38 each, do not count beside larger sums.
const SMALLEST = 1e-25;
// Column sums of a start far from any plan may exceed f32; this keeps the error huge, not infinite.
const LARGEST_EXPONENT = 60.0;

var<workgroup> sums: array<f32, WIDTH * LANES>;

@compute @workgroup_size(WIDTH, LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  if (thread == 0u && params.parts > 0u) {
    let k = u32(record[1]);
    ended = u32(record[k + 2u] <= params.tolerance && k > 0u);
    if (group.x == 0u) {
      record[0] = f32(k + 1u);
    }
  }
  if (workgroupUniformLoad(&ended) != 0u) {
    return;
  }
  let column = min(group.x * WIDTH + local.x, params.columns - 1u);
  var sum = 0.0;
  for (var p = local.y; p < params.parts; p += LANES) {
    sum += column_sums[p * params.columns + column];
  }
  sums[thread] = sum;
  workgroupBarrier();
  var total = 0.0;
  for (var lane = 0u; lane < LANES; lane++) {
    total += sums[lane * WIDTH + local.x];
  }
  workgroupBarrier();
  let lost = params.parts > 0u && !(total >= SMALLEST);
  if (lost) {
    masses[thread] = lane_mass(column, local.y);
  }
  workgroupBarrier();
  var difference = 0.0;
  if (local.y == 0u && group.x * WIDTH + local.x < params.columns) {
    let g_j = g[column];
    var mass = Mass(state[column], state[params.columns + column]);
    if (params.parts > 0u) {
      mass = Mass(-g_j / params.epsilon, total);
      if (lost) {
        mass = column_mass(local);
      }
      mass = add_to_state(column, mass);
    }
    let log_sum = mass.maximum + log(mass.sum);
    difference = abs(exp(min(g_j / params.epsilon + log_sum, LARGEST_EXPONENT)) - exp(params.log_marginal));
    let met = params.damping * params.epsilon * (params.log_marginal - log_sum);
    next[column] = select(g_j + params.relaxation * (met - g_j), met, params.relaxation == 1.0);
  }
  workgroupBarrier();
  sums[thread] = difference;
  workgroupBarrier();
  if (thread == 0u) {
    var error = 0.0;
    for (var c = 0u; c < WIDTH; c++) {
      error += sums[c];
    }
    errors[group.x] = error;
  }
}
