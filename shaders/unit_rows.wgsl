// Divides every row by its Euclidean length, with eight lanes per row. A row of zeros stays zero.
//
//   out[i, k] = x[i, k] / ‖x_i‖₂
//
// The row is divided by its largest entry first, so that no square overflows f32.
// @use decode.wgsl
// @use row_sum.wgsl

struct Params {
  rows: u32,
  width: u32,
}

override X_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let start = row * params.width;
  let first = local.y * LANES;
  let end = select(0u, params.width, row < params.rows);
  var largest = 0.0;
  for (var k = local.x; k < end; k += LANES) {
    largest = max(largest, abs(decode(x[word_of(start + k, X_DTYPE)], start + k, X_DTYPE)));
  }
  partial[first + local.x] = largest;
  workgroupBarrier();
  for (var lane = 0u; lane < LANES; lane++) {
    largest = max(largest, partial[first + lane]);
  }
  let divisor = select(1.0, largest, largest > 0.0);
  var sum = 0.0;
  for (var k = local.x; k < end; k += LANES) {
    let value = decode(x[word_of(start + k, X_DTYPE)], start + k, X_DTYPE) / divisor;
    sum = fma(value, value, sum);
  }
  let norm = sqrt(row_sum(sum, local));
  for (var k = local.x; k < end; k += LANES) {
    let value = decode(x[word_of(start + k, X_DTYPE)], start + k, X_DTYPE) / divisor;
    out[start + k] = select(0.0, value / norm, largest > 0.0);
  }
}
