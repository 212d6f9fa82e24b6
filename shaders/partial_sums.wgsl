// Sums of the rows of a matrix, one workgroup a row.
//
//   out[row] = Σ x[row][i]

struct Params {
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// @use rows.wgsl
// @parameter LANES 64
// @parameter ROWS 1

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  var sum = 0.0;
  for (var i = place.thread; i < params.width; i += THREADS) {
    sum += x[place.group.x * params.width + i];
  }
  sum = row_sum(sum, place);
  if (place.thread == 0u) {
    out[place.group.x] = sum;
  }
}
