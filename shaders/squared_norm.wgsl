// Sum of squares in two passes: every workgroup writes one sum, then one workgroup adds the sums.
//
//   out[group] = Σ x[i]²     or, with SUMS, Σ x[i]

struct Params {
  count: u32,
}

override SUMS: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

const THREADS = 64u;

var<workgroup> partial: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  var sum = 0.0;
  for (var i = group.x * THREADS + thread; i < params.count; i += groups.x * THREADS) {
    sum = fma(x[i], select(x[i], 1.0, SUMS == 1u), sum);
  }
  partial[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      partial[thread] += partial[thread + half];
    }
  }
  if (thread == 0u) {
    out[group.x] = partial[0];
  }
}
