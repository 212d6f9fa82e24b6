// Squared error plus squared difference of the norms, for one mini-batch, with its gradient (LESA).
//
//   loss        = (1 − λ)·mean((p − t)²) + λ·(‖p‖ − ‖t‖)²          norms over all entries of the batch
//   gradient[i] = (1 − λ)·2/N·(p[i] − t[i]) + λ·2·(‖p‖ − ‖t‖)/‖p‖·p[i]
//
// One workgroup, because a batch is small and the norms must be known before the gradients.
// @use rows.wgsl

struct Params {
  count: u32,
  lambda: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> prediction: array<Entries>;
@group(0) @binding(2) var<storage, read> expected: array<Entries>;
@group(0) @binding(3) var<storage, read_write> gradient: array<Entries>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

/// Sums of (p − t)², p², t².
alias Value = vec3f;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let end = params.count / WIDE;
  var errors = Entries();
  var predicted = Entries();
  var wanted = Entries();
  for (var i = place.thread; i < end; i += THREADS) {
    let p = prediction[i];
    let t = expected[i];
    errors = fma(p - t, p - t, errors);
    predicted = fma(p, p, predicted);
    wanted = fma(t, t, wanted);
  }
  let total = row_sum(vec3f(sum_of(errors), sum_of(predicted), sum_of(wanted)), place);
  let size = sqrt(total.y);
  let gap = size - sqrt(total.z);
  let n = f32(params.count);
  let error_weight = (1.0 - params.lambda) * 2.0 / n;
  // The norm has no derivative at 0; as in PyTorch, it counts as 0.
  let size_weight = select(0.0, params.lambda * 2.0 * gap / size, size > 0.0);
  for (var i = place.thread; i < end; i += THREADS) {
    let p = prediction[i];
    gradient[i] = error_weight * (p - expected[i]) + size_weight * p;
  }
  if (place.thread == 0u) {
    out[0] = (1.0 - params.lambda) * total.x / n + params.lambda * gap * gap;
  }
}
