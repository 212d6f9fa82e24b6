// Soft cap of logits (Gemma 2), and its backward pass.
//
//   out[i] = cap · tanh(x[i] / cap)              BACKWARD false
//   out[i] = x[i] · (1 − (y[i] / cap)²)          BACKWARD true: y is the result of the cap, x the derivative by it
// @use capped.wgsl

struct Params {
  count: u32,
  cap: f32,
}

override BACKWARD: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i >= params.count) {
    return;
  }
  if (BACKWARD) {
    let share = y[i] / params.cap;
    out[i] = x[i] * (1.0 - share * share);
  } else {
    out[i] = capped(vec4f(x[i]), params.cap).x;
  }
}
