// First part of the column half-step of Sinkhorn: LSE_i((f_i − M_ij) / ε) for every column j, one band of rows at a time.
//
//   state[0, j] = max_i x_ij,   state[1, j] = Σ_i exp(x_ij − state[0, j]),   x_ij = (f_i − M_ij) / ε
//
// A workgroup computes 32 columns. Four threads share the rows of a column; neighbouring threads read neighbouring columns.
// The result is combined with that of the bands before, so that the cost matrix need not be in one buffer.

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;

const WIDTH = 32u;
const LANES = 4u;
const LOWEST = -3.4e38;

var<workgroup> maxima: array<f32, WIDTH * LANES>;
var<workgroup> sums: array<f32, WIDTH * LANES>;

@compute @workgroup_size(WIDTH, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = group.x * WIDTH + local.x;
  let slot = local.y * WIDTH + local.x;
  var maximum = LOWEST;
  var sum = 0.0;
  if (column < params.columns) {
    for (var i = local.y; i < params.rows; i += LANES) {
      let x = (f[params.row_start + i] - cost[i * params.columns + column]) / params.epsilon;
      let e = exp(-abs(x - maximum));
      sum = select(sum + e, sum * e + 1.0, x > maximum);
      maximum = max(maximum, x);
    }
  }
  maxima[slot] = maximum;
  sums[slot] = sum;
  workgroupBarrier();
  if (local.y > 0u || column >= params.columns) {
    return;
  }
  for (var lane = 1u; lane < LANES; lane++) {
    let other = lane * WIDTH + local.x;
    let m = max(maximum, maxima[other]);
    sum = sum * exp(maximum - m) + sums[other] * exp(maxima[other] - m);
    maximum = m;
  }
  if (params.row_start > 0u) {
    let m = max(maximum, state[column]);
    sum = sum * exp(maximum - m) + state[params.columns + column] * exp(state[column] - m);
    maximum = m;
  }
  state[column] = maximum;
  state[params.columns + column] = sum;
}
