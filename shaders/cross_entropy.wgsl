// Negative log-likelihood of the next token.
//
//   out[t] = log Σ_c exp(logits[t, c]) − logits[t, target[t]]
// @use log_sum_exp.wgsl
// @use rows.wgsl

struct Params {
  rows: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<Entries>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let row = row_of(place);
  let lane = place.thread % LANES;
  let width = params.vocabulary / WIDE;
  let start = row * width;
  let end = select(0u, width, row < params.rows);
  var mass = Mass(Entries(LOWEST), Entries());
  for (var c = lane; c < end; c += LANES) {
    mass = with_entries(mass, logits[start + c]);
  }
  let total = row_mass(mass, place);
  if (lane > 0u || row >= params.rows) {
    return;
  }
  let class_at = targets[row];
// @if VECTOR
  let of_target = logits[start + class_at / WIDE][class_at % WIDE];
// @else
  let of_target = logits[start + class_at];
// @end
  out[row] = total.x + log(total.y) - of_target;
}
