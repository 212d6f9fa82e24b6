// Elementwise distance of two tensors. Its maximum (extent.wgsl) shows whether two models give the same results.
//
//   out[i] = |x[i] − y[i]|

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i < params.count) {
    out[i] = abs(x[i] - y[i]);
  }
}
