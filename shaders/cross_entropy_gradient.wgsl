// Derivative of the weighted negative log-likelihood by the logits, which it overwrites.
//
//   logits[t, c] ← weights[t] · (exp(logits[t, c]) / Σ_d exp(logits[t, d]) − [c = target[t]])
// @use log_sum_exp.wgsl
// @use rows.wgsl

struct Params {
  rows: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> logits: array<Entries>;

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
  if (row >= params.rows) {
    return;
  }
  let weight = weights[row];
  let target_class = targets[row];
  // If the target is outside the vocabulary, the loss and its derivative are NaN.
  let factor = select(weight, bitcast<f32>(0x7fc00000u + (row >> 31u)), target_class >= params.vocabulary);
  for (var c = lane; c < end; c += LANES) {
    let is_target = OFFSETS + c * WIDE == Indices(target_class);
    let share = exp(logits[start + c] - total.x) / total.y - select(Entries(), Entries(1.0), is_target);
    logits[start + c] = select(factor * share, Entries(), weight == 0.0);
  }
}
