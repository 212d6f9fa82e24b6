// A workgroup computes eight rows. Eight lanes share a row, so that neighbouring lanes read whole memory sectors.
const ROWS = 8u;
const LANES = 8u;

var<workgroup> partial: array<f32, ROWS * LANES>;

/// Returns the sum over the lanes of a row. Every thread of the workgroup must call it.
fn row_sum(value: f32, local: vec3u) -> f32 {
  let first = local.y * LANES;
  // Wait until all lanes have read the sum of an earlier call.
  workgroupBarrier();
  partial[first + local.x] = value;
  workgroupBarrier();
  var total = 0.0;
  for (var lane = 0u; lane < LANES; lane++) {
    total += partial[first + lane];
  }
  return total;
}
