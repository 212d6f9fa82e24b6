// Rotary position embedding (Su et al. 2021) in the rotate-half layout of Llama checkpoints: dimensions j and j + h/2 of a
// head are rotated as a pair.
//
//   out[t, j]       = x[t, j]·cos − x[t, j + h/2]·sin
//   out[t, j + h/2] = x[t, j + h/2]·cos + x[t, j]·sin          angles of position position_start + t, from a table

struct Params {
  rows: u32,
  heads: u32,
  head_dim: u32,
  position_start: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let half = params.head_dim / 2u;
  let pair = id.y * groups.x * 256u + id.x;
  if (pair >= params.rows * params.heads * half) {
    return;
  }
  let j = pair % half;
  let head = pair / half % params.heads;
  let t = pair / (half * params.heads);
  let angle = (params.position_start + t) * params.head_dim + j;
  let c = table[angle];
  let s = table[angle + half];
  let at = (t * params.heads + head) * params.head_dim + j;
  let first = x[at];
  let second = x[at + half];
  out[at] = first * c - second * s;
  out[at + half] = second * c + first * s;
}
