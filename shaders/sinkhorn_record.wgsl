// The record of a sequence of Sinkhorn iterations: the marginal error before the first and after each, from entry 2 on.
//
// It lets iterations end on the device: a row half-step writes an error, and the column half-step after it reads it. Entry 0
// counts column half-steps, entry 1 row half-steps; each is read by the kernel that does not write it.
var<workgroup> ended: u32;

/// Called by one thread in each row half-step. Iterations that the tolerance leaves out have the error −1.
fn record_error(error: f32, tolerance: f32) {
  let k = u32(record[0]);
  let before = record[k + 1u];
  record[k + 2u] = select(error, -1.0, k > 1u && before <= tolerance);
  record[1] = f32(k);
}
