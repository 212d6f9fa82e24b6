// Row half-step of Sinkhorn in the log domain (method: Cuturi 2013; log form as in POT:ot/bregman/_sinkhorn.py sinkhorn_log).
//
//   f_i ← damping · (ε·log a − ε·LSE_j((g_j − M_ij) / ε))
//
// Damping is 1 if row sums must equal a, ρ/(ρ+ε) if ρ times a Kullback–Leibler divergence penalises others (Chizat et al. 2018).
//
// A workgroup computes eight rows. Eight lanes share a row, so that neighbouring lanes read whole memory sectors. Every
// lane keeps a running maximum and a sum scaled by it, with one exp per entry, so that no exponent overflows at any ε.

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  epsilon: f32,
  log_marginal: f32,
  damping: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> f: array<f32>;

const ROWS = 8u;
const LANES = 8u;
const LOWEST = -3.4e38;

var<workgroup> maxima: array<f32, ROWS * LANES>;
var<workgroup> sums: array<f32, ROWS * LANES>;

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let slot = local.y * LANES + local.x;
  var maximum = LOWEST;
  var sum = 0.0;
  if (row < params.rows) {
    for (var j = local.x; j < params.columns; j += LANES) {
      let x = (g[j] - cost[row * params.columns + j]) / params.epsilon;
      let e = exp(-abs(x - maximum));
      sum = select(sum + e, sum * e + 1.0, x > maximum);
      maximum = max(maximum, x);
    }
  }
  maxima[slot] = maximum;
  sums[slot] = sum;
  workgroupBarrier();
  if (local.x > 0u || row >= params.rows) {
    return;
  }
  for (var lane = 1u; lane < LANES; lane++) {
    let m = max(maximum, maxima[slot + lane]);
    sum = sum * exp(maximum - m) + sums[slot + lane] * exp(maxima[slot + lane] - m);
    maximum = m;
  }
  f[params.row_start + row] = params.damping * params.epsilon * (params.log_marginal - maximum - log(sum));
}
