// The factor by which gradients are shrunk so that their norm is at most `most`.
//
//   out[0] = min(1, most / √(Σ squares[i]))

struct Params {
  count: u32,
  most: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// @use rows.wgsl
// @parameter LANES 64
// @parameter ROWS 1

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  var sum = 0.0;
  for (var i = place.thread; i < params.count; i += THREADS) {
    sum += squares[i];
  }
  sum = row_sum(sum, place);
  if (place.thread == 0u) {
    let norm = sqrt(sum);
    // Not min(), which may return 1 for NaN.
    out[0] = select(norm / norm, params.most / norm, norm > params.most);
    if (norm == 0.0) {
      out[0] = 1.0;
    }
  }
}
