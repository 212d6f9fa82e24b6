// The factor by which gradients are shrunk so that their norm is at most `most`.
//
//   out[0] = min(1, most / √(Σ squares[i]))

struct Params {
  count: u32,
  most: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// @use workgroup_sum.wgsl

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.count; i += THREADS) {
    sum += squares[i];
  }
  sum = workgroup_sum(sum, thread);
  if (thread == 0u) {
    let norm = sqrt(sum);
    // Not min(), which may return 1 for NaN.
    out[0] = select(norm / norm, params.most / norm, norm > params.most);
    if (norm == 0.0) {
      out[0] = 1.0;
    }
  }
}
