// ReLU and its backward pass.
//
//   out[i] = max(x[i], 0)                    BACKWARD false
//   out[i] = x[i] where y[i] > 0, else 0     BACKWARD true: y is the result of ReLU, x the derivative by it

struct Params {
  count: u32,
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
  let value = x[i];
  if (BACKWARD) {
    out[i] = select(0.0, value, y[i] > 0.0);
  } else {
    // Not max: NaN must stay NaN, or it would look like a dead unit.
    out[i] = select(value, 0.0, value < 0.0);
  }
}
