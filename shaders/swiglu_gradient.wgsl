// Backward pass of the gated activation of the MLP.
//
//   up_slope[i]   = u[i] · silu(gate[i])
//   gate_slope[i] = u[i] · up[i] · σ(gate[i]) · (1 + gate[i]·(1 − σ(gate[i])))
//
// With GELU, σ(a(gate)) in place of σ(gate), and gate·a′(gate) in place of the factor gate; a as in swiglu.wgsl.
// @parameter GELU 0

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gate: array<f32>;
@group(0) @binding(2) var<storage, read> up: array<f32>;
@group(0) @binding(3) var<storage, read> upstream: array<f32>;
@group(0) @binding(4) var<storage, read_write> gate_slope: array<f32>;
@group(0) @binding(5) var<storage, read_write> up_slope: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i >= params.count) {
    return;
  }
  let x = gate[i];
// @if GELU
  let a = x * (1.5957691216057308 + 0.07135481627159326 * x * x);
  let rise = x * (1.5957691216057308 + 0.21406444881477979 * x * x);
// @else
  let a = x;
  let rise = x;
// @end
  // e^88 is finite in f32; below −88 the share is smaller than any normal number.
  let share = select(0.0, 1.0 / (1.0 + exp(-max(a, -88.0))), a > -88.0);
  up_slope[i] = upstream[i] * x * share;
  gate_slope[i] = upstream[i] * up[i] * share * (1.0 + rise * (1.0 - share));
}
