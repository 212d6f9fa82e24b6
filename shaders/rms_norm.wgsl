// Root mean square normalisation (Zhang & Sennrich 2019).
//
//   out[t, i] = x[t, i] / sqrt(mean_i x[t, i]² + eps) · gain[i]          with OFFSET, gain[i] + 1
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
@group(0) @binding(3) var<storage, read_write> out: array<Entries>;

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let row = row_of(place);
  let width = params.width / WIDE;
  let start = row * width;
  let end = select(0u, width, row < params.rows);
  var sum = Entries();
  for (var i = place.thread % LANES; i < end; i += LANES) {
    let value = x[start + i];
    sum = fma(value, value, sum);
  }
  let total = row_sum(sum_of(sum), place);
  let scale = 1.0 / sqrt(total / f32(params.width) + params.eps);
  for (var i = place.thread % LANES; i < end; i += LANES) {
    let factor = decode_entries(gain[words_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);
// @if OFFSET
    out[start + i] = x[start + i] * scale * (factor + 1.0);
// @else
    out[start + i] = x[start + i] * scale * factor;
// @end
  }
}
