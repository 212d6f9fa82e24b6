// A workgroup of 64 threads adds one number of each.
const THREADS = 64u;

var<workgroup> partial: array<f32, THREADS>;

/// Returns the sum over all threads to thread 0. Every thread of the workgroup must call it.
fn workgroup_sum(value: f32, thread: u32) -> f32 {
  // Wait until thread 0 has read the sum of an earlier call.
  workgroupBarrier();
  partial[thread] = value;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      partial[thread] += partial[thread + half];
    }
  }
  return partial[0];
}
