// Sums of squares of several tensors, in two passes: every workgroup writes one sum for each tensor, then `partial_sums` adds them.
//
//   out[row + t][group] = Σ x_t[i]²     over the entries i of the workgroup

// Number of tensors.
// @parameter TENSORS 1

struct Params {
  // Row of the first tensor.
  row: u32,
  // @each t TENSORS
  count_{t}: u32,
  // @end
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
// @each t TENSORS
@group(0) @binding(1{t}) var<storage, read> x_{t}: array<f32>;
// @end

// @use workgroup_sum.wgsl

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = group.x * THREADS + thread;
  let stride = groups.x * THREADS;
  // @each t TENSORS
  var sum_{t} = 0.0;
  for (var i = first; i < params.count_{t}; i += stride) {
    sum_{t} = fma(x_{t}[i], x_{t}[i], sum_{t});
  }
  sum_{t} = workgroup_sum(sum_{t}, thread);
  if (thread == 0u) {
    out[(params.row + {t}u) * groups.x + group.x] = sum_{t};
  }
  // @end
}
