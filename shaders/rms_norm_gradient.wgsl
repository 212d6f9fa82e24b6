// Backward pass of root mean square normalisation, with eight lanes per row.
//
//   r = 1 / sqrt(mean_i x[t, i]² + eps)
//   out[t, i]  = r · u[t, i]·gain[i] − x[t, i] · r³/width · Σ_j u[t, j]·gain[j]·x[t, j]
//   inverse[t] = r                                             for rms_norm_gain_gradient.wgsl
// @use decode.wgsl

struct Params {
  rows: u32,
  width: u32,
  eps: f32,
}

override GAIN_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<u32>;
@group(0) @binding(3) var<storage, read> upstream: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<storage, read_write> inverse: array<f32>;

const ROWS = 8u;
const LANES = 8u;

/// Σ x² and Σ u·gain·x.
var<workgroup> partial: array<vec2f, ROWS * LANES>;

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let start = row * params.width;
  var sum = vec2f();
  if (row < params.rows) {
    for (var i = local.x; i < params.width; i += LANES) {
      let slope = upstream[start + i] * decode(gain[word_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);
      sum = fma(vec2f(x[start + i], slope), vec2f(x[start + i]), sum);
    }
  }
  partial[local.y * LANES + local.x] = sum;
  workgroupBarrier();
  if (row >= params.rows) {
    return;
  }
  var total = vec2f();
  for (var lane = 0u; lane < LANES; lane++) {
    total += partial[local.y * LANES + lane];
  }
  let width = f32(params.width);
  let r = 1.0 / sqrt(total.x / width + params.eps);
  let pull = total.y / width * r * r * r;
  for (var i = local.x; i < params.width; i += LANES) {
    let slope = upstream[start + i] * decode(gain[word_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);
    out[start + i] = slope * r - x[start + i] * pull;
  }
  if (local.x == 0u) {
    inverse[row] = r;
  }
}
