// Divides every row by its Euclidean length. A row of zeros stays zero.
//
//   out[i, k] = x[i, k] / ‖x_i‖₂
//
// The row is divided by its largest entry first, so that no square overflows f32.
// @use decode.wgsl
// @use packed_entries.wgsl
// @use rows.wgsl

struct Params {
  rows: u32,
  width: u32,
}

override X_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Words>;
@group(0) @binding(2) var<storage, read_write> out: array<Entries>;

alias Value = f32;

fn entries(i: u32) -> Entries {
  return decode_entries(x[words_of(i, X_DTYPE)], i, X_DTYPE);
}

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let row = row_of(place);
  let lane = place.thread % LANES;
  let width = params.width / WIDE;
  let start = row * width;
  let end = select(0u, width, row < params.rows);
  var most = Entries();
  for (var k = lane; k < end; k += LANES) {
    most = max(most, abs(entries(start + k)));
  }
  let largest = row_max(max_of(most), place);
  let divisor = select(1.0, largest, largest > 0.0);
  var sum = Entries();
  for (var k = lane; k < end; k += LANES) {
    let value = entries(start + k) / divisor;
    sum = fma(value, value, sum);
  }
  let norm = select(1.0, sqrt(row_sum(sum_of(sum), place)), largest > 0.0);
  for (var k = lane; k < end; k += LANES) {
    out[start + k] = entries(start + k) / divisor / norm;
  }
}
