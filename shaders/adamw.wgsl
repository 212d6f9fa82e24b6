// One step of AdamW (Loshchilov and Hutter 2019), in place. Factors that are the same for all entries are parameters.
//
//   m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
//   p ← (1 − η·w)·p − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps)

struct Params {
  count: u32,
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
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> first: array<f32>;
@group(0) @binding(4) var<storage, read_write> second: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i >= params.count) {
    return;
  }
  let g = gradient[i] * params.gradient_factor;
  let m = params.beta1 * first[i] + params.beta1_rest * g;
  let v = params.beta2 * second[i] + params.beta2_rest * g * g;
  first[i] = m;
  second[i] = v;
  parameter[i] = params.decay * parameter[i] - params.step_size * m / (sqrt(v) * params.root_scale + params.eps);
}
