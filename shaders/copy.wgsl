// Copy of a buffer with the widest loads there are, which is as fast as a device reads and writes its memory: the measure that
// the other kernels are held against.
//
//   out[i] = source[i],   four numbers a thread

struct Params {
  /// Vectors of four numbers.
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i < params.count) {
    out[i] = source[i];
  }
}
