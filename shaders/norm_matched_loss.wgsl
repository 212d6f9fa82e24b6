// Squared error plus squared difference of the norms, for one mini-batch, with its gradient (LESA).
//
//   loss        = (1 − λ)·mean((p − t)²) + λ·(‖p‖ − ‖t‖)²          norms over all entries of the batch
//   gradient[i] = (1 − λ)·2/N·(p[i] − t[i]) + λ·2·(‖p‖ − ‖t‖)/‖p‖·p[i]
//
// One workgroup, because a batch is small and the norms must be known before the gradients.

struct Params {
  count: u32,
  lambda: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> prediction: array<f32>;
@group(0) @binding(2) var<storage, read> expected: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const THREADS = 256u;

/// Sums of (p − t)², p², t².
var<workgroup> sums: array<vec3f, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = vec3f();
  for (var i = thread; i < params.count; i += THREADS) {
    let p = prediction[i];
    let t = expected[i];
    let e = p - t;
    sum = fma(vec3f(e, p, t), vec3f(e, p, t), sum);
  }
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      sums[thread] += sums[thread + half];
    }
  }
  workgroupBarrier();
  let total = sums[0];
  let size = sqrt(total.y);
  let gap = size - sqrt(total.z);
  let n = f32(params.count);
  let error_weight = (1.0 - params.lambda) * 2.0 / n;
  // The norm has no derivative at 0; as in PyTorch, it counts as 0.
  let size_weight = select(0.0, params.lambda * 2.0 * gap / size, size > 0.0);
  for (var i = thread; i < params.count; i += THREADS) {
    let p = prediction[i];
    gradient[i] = error_weight * (p - expected[i]) + size_weight * p;
  }
  if (thread == 0u) {
    out[0] = (1.0 - params.lambda) * total.x / n + params.lambda * gap * gap;
  }
}
