// Gated activation of the MLP (Shazeer 2020).
//
//   out[i] = silu(gate[i]) · up[i],   silu(x) = x / (1 + e^(−x))

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
    // e^88 is finite in f32; below −88 silu is smaller than any normal number.
    out[i] = select(0.0, gate[i] / (1.0 + exp(-max(gate[i], -88.0))), gate[i] > -88.0) * up[i];
  }
}
