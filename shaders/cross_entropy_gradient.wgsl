// Derivative of the weighted negative log-likelihood by the logits, which it overwrites. One workgroup per position.
//
//   logits[t, c] ← weights[t] · (exp(logits[t, c]) / Σ_d exp(logits[t, d]) − [c = target[t]])

struct Params {
  rows: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> logits: array<f32>;

const THREADS = 64u;
const LOWEST = -3.4e38;

var<workgroup> maxima: array<f32, THREADS>;
var<workgroup> sums: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.vocabulary;
  var maximum = LOWEST;
  var sum = 0.0;
  for (var c = thread; c < params.vocabulary; c += THREADS) {
    let x = logits[start + c];
    let e = exp(-abs(x - maximum));
    sum = select(sum + e, sum * e + 1.0, x > maximum);
    maximum = max(maximum, x);
  }
  maxima[thread] = maximum;
  sums[thread] = sum;
  workgroupBarrier();
  var highest = LOWEST;
  for (var other = 0u; other < THREADS; other++) {
    highest = max(highest, maxima[other]);
  }
  var total = 0.0;
  for (var other = 0u; other < THREADS; other++) {
    total += sums[other] * exp(maxima[other] - highest);
  }
  let weight = weights[row];
  let target_class = targets[row];
  // If the target is outside the vocabulary, the loss and its derivative are NaN.
  let factor = select(weight, bitcast<f32>(0x7fc00000u + (row >> 31u)), target_class >= params.vocabulary);
  for (var c = thread; c < params.vocabulary; c += THREADS) {
    let share = exp(logits[start + c] - highest) / total - select(0.0, 1.0, c == target_class);
    logits[start + c] = select(factor * share, 0.0, weight == 0.0);
  }
}
