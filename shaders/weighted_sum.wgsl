// Weighted sum of two tensors: makes ½·(aligned previous) + ½·(next) for every new block.
//
//   out[i] = α·x[i] + β·y[i]
// @use decode.wgsl

struct Params {
  count: u32,
  has_y: u32,
  alpha: f32,
  beta: f32,
}

override X_DTYPE: u32 = 0u;
override Y_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> y: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i >= params.count) {
    return;
  }
  var value = params.alpha * decode(x[word_of(i, X_DTYPE)], i, X_DTYPE);
  if (params.has_y == 1u) {
    value += params.beta * decode(y[word_of(i, Y_DTYPE)], i, Y_DTYPE);
  }
  out[i] = value;
}
