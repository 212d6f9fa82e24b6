// Sums of the rows of a matrix, one workgroup a row.
//
//   out[row] = Σ x[row][i]

struct Params {
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// @use workgroup_sum.wgsl

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.width; i += THREADS) {
    sum += x[group.x * params.width + i];
  }
  sum = workgroup_sum(sum, thread);
  if (thread == 0u) {
    out[group.x] = sum;
  }
}
