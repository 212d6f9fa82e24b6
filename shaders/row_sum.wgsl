// Sums over rows. A workgroup takes eight rows, and eight lanes share a row, so that they read neighbouring numbers together.
const ROWS = 8u;
const LANES = 8u;

var<workgroup> partial: array<f32, ROWS * LANES>;

/// Sum of the values that the lanes of a row bring, for each of them. Every thread of the workgroup has to call it.
fn row_sum(value: f32, local: vec3u) -> f32 {
  let first = local.y * LANES;
  // Whatever was in `partial` before has been read by all.
  workgroupBarrier();
  partial[first + local.x] = value;
  workgroupBarrier();
  var total = 0.0;
  for (var lane = 0u; lane < LANES; lane++) {
    total += partial[first + lane];
  }
  return total;
}
