// Backward pass of root mean square normalisation.
//
//   r = 1 / sqrt(mean_i x[t, i]² + eps)
//   out[t, i]  = r · u[t, i]·gain[i] − x[t, i] · r³/width · Σ_j u[t, j]·gain[j]·x[t, j]
//   inverse[t] = r                                             for rms_norm_gain_gradient.wgsl
//
// With OFFSET, gain[i] is one more than what is stored.
// @parameter OFFSET 0
// @use decode.wgsl
// @use packed_entries.wgsl
// @use rows.wgsl

struct Params {
  rows: u32,
  width: u32,
  eps: f32,
}

override GAIN_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Entries>;
@group(0) @binding(2) var<storage, read> gain: array<Words>;
@group(0) @binding(3) var<storage, read> upstream: array<Entries>;
@group(0) @binding(4) var<storage, read_write> out: array<Entries>;
@group(0) @binding(5) var<storage, read_write> inverse: array<f32>;

fn factor_at(i: u32) -> Entries {
  let stored = decode_entries(gain[words_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);
// @if OFFSET
  return stored + 1.0;
// @else
  return stored;
// @end
}

/// Σ x² and Σ u·gain·x.
alias Value = vec2f;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let row = row_of(place);
  let lane = place.thread % LANES;
  let width = params.width / WIDE;
  let start = row * width;
  let end = select(0u, width, row < params.rows);
  var squares = Entries();
  var products = Entries();
  for (var i = lane; i < end; i += LANES) {
    let value = x[start + i];
    let slope = upstream[start + i] * factor_at(i);
    squares = fma(value, value, squares);
    products = fma(slope, value, products);
  }
  let total = row_sum(vec2f(sum_of(squares), sum_of(products)), place) / f32(params.width);
  let r = 1.0 / sqrt(total.x + params.eps);
  let pull = total.y * r * r * r;
  for (var i = lane; i < end; i += LANES) {
    let slope = upstream[start + i] * factor_at(i);
    out[start + i] = slope * r - x[start + i] * pull;
  }
  if (lane == 0u && row < params.rows) {
    inverse[row] = r;
  }
}
