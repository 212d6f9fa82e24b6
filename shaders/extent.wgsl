// Minimum and maximum in two passes: every workgroup writes one (min, max) pair, then one workgroup reduces the pairs.
//
//   out[group] = (min x[i·stride],  max x[i·stride + stride − 1])     stride 1: values, stride 2: pairs

struct Params {
  count: u32,
  stride: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

const THREADS = 64u;

var<workgroup> low: array<f32, THREADS>;
var<workgroup> high: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  var smallest = 3.4e38;
  var largest = -3.4e38;
  for (var i = group.x * THREADS + thread; i < params.count; i += groups.x * THREADS) {
    smallest = min(smallest, x[i * params.stride]);
    largest = max(largest, x[i * params.stride + params.stride - 1u]);
  }
  low[thread] = smallest;
  high[thread] = largest;
  workgroupBarrier();
  if (thread > 0u) {
    return;
  }
  for (var other = 1u; other < THREADS; other++) {
    smallest = min(smallest, low[other]);
    largest = max(largest, high[other]);
  }
  out[group.x * 2u] = smallest;
  out[group.x * 2u + 1u] = largest;
}
