// One step of AdamW (Loshchilov and Hutter 2019) on several tensors, in place. A thread updates one entry of each. Factors that are
// the same for all entries are parameters.
//
//   m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
//   p ← (1 − η·w)·p − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps)

// Number of tensors; each has its gradient, its values, and its moments m and v one after the other.
// @parameter TENSORS 1
// 1 if the factor on the gradient is in a buffer.
// @parameter CLIPPED 0

struct Params {
  // 1 − η·w
  decay: f32,
  beta1: f32,
  beta1_rest: f32,
  beta2: f32,
  beta2_rest: f32,
  // η/(1 − β₁ᵗ)
  step_size: f32,
  // 1/√(1 − β₂ᵗ)
  root_scale: f32,
  eps: f32,
  // For gradient clipping.
  gradient_factor: f32,
  // @each t TENSORS
  count_{t}: u32,
  // @end
}

@group(0) @binding(0) var<uniform> params: Params;
// @if CLIPPED
@group(0) @binding(1) var<storage, read> clip: array<f32>;
// @end
// @each t TENSORS
@group(0) @binding(1{t}) var<storage, read> gradient_{t}: array<f32>;
@group(0) @binding(2{t}) var<storage, read_write> value_{t}: array<f32>;
@group(0) @binding(3{t}) var<storage, read_write> moments_{t}: array<f32>;
// @end

struct Entry {
  value: f32,
  first: f32,
  second: f32,
}

fn stepped(before: Entry, g: f32) -> Entry {
  let m = params.beta1 * before.first + params.beta1_rest * g;
  let v = params.beta2 * before.second + params.beta2_rest * g * g;
  let p = params.decay * before.value - params.step_size * m / (sqrt(v) * params.root_scale + params.eps);
  return Entry(p, m, v);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  // @if CLIPPED
  let factor = clip[0];
  // @else
  let factor = params.gradient_factor;
  // @end
  // @each t TENSORS
  if (i < params.count_{t}) {
    let j = i + params.count_{t};
    let after = stepped(Entry(value_{t}[i], moments_{t}[i], moments_{t}[j]), gradient_{t}[i] * factor);
    value_{t}[i] = after.value;
    moments_{t}[i] = after.first;
    moments_{t}[j] = after.second;
  }
  // @end
}
