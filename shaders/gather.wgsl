// Picks rows or columns by index: token embeddings, or neurons moved by a permutation.
//
//   axis 0: out[r, c] = x[index[r] − offset, c]        axis 1: out[r, c] = x[r, index[c] − offset]
//
// For an index outside this band of x, out stays as it is, so that a table in bands can be gathered band by band.
// @use decode.wgsl

struct Params {
  rows: u32,
  columns: u32,
  x_rows: u32,
  x_columns: u32,
  axis: u32,
  offset: u32,
}

override X_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.y * groups.x * 256u + id.x;
  if (at >= params.rows * params.columns) {
    return;
  }
  let r = at / params.columns;
  let c = at % params.columns;
  let picked = index[select(r, c, params.axis == 1u)];
  let limit = select(params.x_rows, params.x_columns, params.axis == 1u);
  if (picked < params.offset || picked - params.offset >= limit) {
    return;
  }
  let k = picked - params.offset;
  let i = select(k * params.x_columns + c, r * params.x_columns + k, params.axis == 1u);
  out[at] = decode(x[word_of(i, X_DTYPE)], i, X_DTYPE);
}
