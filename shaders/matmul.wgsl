// C = A·B, A·Bᵀ or Aᵀ·B, chosen by two pairs of strides; optionally + bias, optionally added to the old C.
//
//   C[r, c] = Σ_i A[r·a_row + i·a_inner] · B[c·b_column + i·b_inner]
//
// Each thread keeps a 4×4 tile of C in registers and reads eight operands for sixteen multiply-adds. Neighbouring threads
// share rows and columns through the cache. Operands may be packed (see decode.wgsl). In a linear layer (nt) the summed
// entries of both operands are adjacent, so that one load gives two packed numbers.
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
/// The summed entries of both operands are adjacent and their number is even: two are decoded from each load.
override PAIRED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const TILE = 4u;

fn a_pair(i: u32) -> vec2f {
  if (A_DTYPE == F32) {
    return vec2f(bitcast<f32>(a[i]), bitcast<f32>(a[i + 1u]));
  }
  return decode_pair(a[i >> 1u], A_DTYPE);
}

fn b_pair(i: u32) -> vec2f {
  if (B_DTYPE == F32) {
    return vec2f(bitcast<f32>(b[i]), bitcast<f32>(b[i + 1u]));
  }
  return decode_pair(b[i >> 1u], B_DTYPE);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = params.first_row + id.y * TILE;
  let column = id.x * TILE;
  if (row >= params.rows || column >= params.columns) {
    return;
  }
  // Threads at the edge repeat the last row or column instead of reading beyond it, and do not write these results.
  var a_index = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(params.rows - 1u)) * params.a_row;
  var b_index = min(vec4u(column) + vec4u(0u, 1u, 2u, 3u), vec4u(params.columns - 1u)) * params.b_column;
  var sum = mat4x4f();
  if (PAIRED) {
    for (var i = 0u; i < params.inner; i += 2u) {
      let x0 = a_pair(a_index.x);
      let x1 = a_pair(a_index.y);
      let x2 = a_pair(a_index.z);
      let x3 = a_pair(a_index.w);
      let y0 = b_pair(b_index.x);
      let y1 = b_pair(b_index.y);
      let y2 = b_pair(b_index.z);
      let y3 = b_pair(b_index.w);
      let even = vec4f(y0.x, y1.x, y2.x, y3.x);
      let odd = vec4f(y0.y, y1.y, y2.y, y3.y);
      sum[0] = fma(vec4f(x0.y), odd, fma(vec4f(x0.x), even, sum[0]));
      sum[1] = fma(vec4f(x1.y), odd, fma(vec4f(x1.x), even, sum[1]));
      sum[2] = fma(vec4f(x2.y), odd, fma(vec4f(x2.x), even, sum[2]));
      sum[3] = fma(vec4f(x3.y), odd, fma(vec4f(x3.x), even, sum[3]));
      a_index += vec4u(2u);
      b_index += vec4u(2u);
    }
  } else {
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
