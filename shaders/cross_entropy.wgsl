// Negative log-likelihood of the next token, one workgroup per position.
//
//   out[t] = log Σ_c exp(logits[t, c]) − logits[t, target[t]]

struct Params {
  rows: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

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
  if (thread > 0u) {
    return;
  }
  for (var other = 1u; other < THREADS; other++) {
    let m = max(maximum, maxima[other]);
    sum = sum * exp(maximum - m) + sums[other] * exp(maxima[other] - m);
    maximum = m;
  }
  out[row] = maximum + log(sum) - logits[start + targets[row]];
}
