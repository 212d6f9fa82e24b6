// C = A·B, A·Bᵀ or Aᵀ·B, the orientation being two pairs of strides; optionally + bias, optionally added to what C holds.
//
//   C[r, c] = Σ_i A[r·a_row + i·a_inner] · B[c·b_column + i·b_inner]
//
// Each thread holds a 4×4 tile of C in registers and reads eight operands for sixteen multiply-adds; neighbouring
// threads share rows and columns, which the cache serves. Operands may be packed (see decode.wgsl).
// @use decode.wgsl

struct Params {
  rows: u32,
  columns: u32,
  inner: u32,
  a_row: u32,
  a_inner: u32,
  b_column: u32,
  b_inner: u32,
  out_stride: u32,
  out_offset: u32,
  first_row: u32,
  has_bias: u32,
  accumulate: u32,
}

override A_DTYPE: u32 = 0u;
override B_DTYPE: u32 = 0u;
override BIAS_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const TILE = 4u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = params.first_row + id.y * TILE;
  let column = id.x * TILE;
  if (row >= params.rows || column >= params.columns) {
    return;
  }
  // Threads at the edge repeat the last row or column rather than read past it; what they compute there is not written.
  var a_index = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(params.rows - 1u)) * params.a_row;
  var b_index = min(vec4u(column) + vec4u(0u, 1u, 2u, 3u), vec4u(params.columns - 1u)) * params.b_column;
  var sum = mat4x4f();
  for (var i = 0u; i < params.inner; i++) {
    let x = vec4f(
      decode(a[word_of(a_index.x, A_DTYPE)], a_index.x, A_DTYPE),
      decode(a[word_of(a_index.y, A_DTYPE)], a_index.y, A_DTYPE),
      decode(a[word_of(a_index.z, A_DTYPE)], a_index.z, A_DTYPE),
      decode(a[word_of(a_index.w, A_DTYPE)], a_index.w, A_DTYPE),
    );
    let y = vec4f(
      decode(b[word_of(b_index.x, B_DTYPE)], b_index.x, B_DTYPE),
      decode(b[word_of(b_index.y, B_DTYPE)], b_index.y, B_DTYPE),
      decode(b[word_of(b_index.z, B_DTYPE)], b_index.z, B_DTYPE),
      decode(b[word_of(b_index.w, B_DTYPE)], b_index.w, B_DTYPE),
    );
    sum[0] = fma(vec4f(x.x), y, sum[0]);
    sum[1] = fma(vec4f(x.y), y, sum[1]);
    sum[2] = fma(vec4f(x.z), y, sum[2]);
    sum[3] = fma(vec4f(x.w), y, sum[3]);
    a_index += vec4u(params.a_inner);
    b_index += vec4u(params.b_inner);
  }
  for (var r = 0u; r < min(TILE, params.rows - row); r++) {
    for (var c = 0u; c < min(TILE, params.columns - column); c++) {
      var value = sum[r][c];
      if (params.has_bias == 1u) {
        let i = column + c;
        value += decode(bias[word_of(i, BIAS_DTYPE)], i, BIAS_DTYPE);
      }
      let at = (row + r) * params.out_stride + params.out_offset + column + c;
      if (params.accumulate == 1u) {
        value += out[at];
      }
      out[at] = value;
    }
  }
}
