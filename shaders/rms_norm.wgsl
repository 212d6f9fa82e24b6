// Root mean square normalisation (Zhang & Sennrich 2019), with eight lanes per row.
//
//   out[t, i] = x[t, i] / sqrt(mean_i x[t, i]² + eps) · gain[i]
// @use decode.wgsl
// @use row_sum.wgsl

struct Params {
  rows: u32,
  width: u32,
  eps: f32,
}

override GAIN_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let start = row * params.width;
  var sum = 0.0;
  if (row < params.rows) {
    for (var i = local.x; i < params.width; i += LANES) {
      sum = fma(x[start + i], x[start + i], sum);
    }
  }
  let total = row_sum(sum, local);
  if (row >= params.rows) {
    return;
  }
  let scale = 1.0 / sqrt(total / f32(params.width) + params.eps);
  for (var i = local.x; i < params.width; i += LANES) {
    out[start + i] = x[start + i] * scale * decode(gain[word_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);
  }
}
