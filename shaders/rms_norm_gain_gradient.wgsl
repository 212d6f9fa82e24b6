// Derivative by the gain of root mean square normalisation. One thread per column, so that the order of the sum is fixed.
//
//   out[i] += Σ_t u[t, i] · x[t, i] · inverse[t]

struct Params {
  rows: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> upstream: array<f32>;
@group(0) @binding(3) var<storage, read> inverse: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= params.width) {
    return;
  }
  var sum = 0.0;
  for (var t = 0u; t < params.rows; t++) {
    let at = t * params.width + i;
    sum = fma(upstream[at] * inverse[t], x[at], sum);
  }
  out[i] += sum;
}
