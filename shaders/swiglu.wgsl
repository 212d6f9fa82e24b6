// Gated activation of the MLP (Shazeer 2020).
//
//   out[i] = silu(gate[i]) · up[i],   silu(x) = x·σ(x)
//   out[i] = gelu(gate[i]) · up[i],   gelu(x) = x·σ(a(x)),   a(x) = 2√(2/π)·(x + 0.044715·x³)     with GELU
// @parameter GELU 0

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gate: array<f32>;
@group(0) @binding(2) var<storage, read> up: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i < params.count) {
    let x = gate[i];
// @if GELU
    let a = x * (1.5957691216057308 + 0.07135481627159326 * x * x);
// @else
    let a = x;
// @end
    // e^88 is finite in f32; below −88 the result is smaller than any normal number.
    out[i] = select(0.0, x / (1.0 + exp(-max(a, -88.0))), a > -88.0) * up[i];
  }
}
