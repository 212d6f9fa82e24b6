// Ground cost of the transport problem: Euclidean distance between rows (neurons) of two weight matrices.
//
//   M[i, j] = ‖A_i − B_j‖₂ = sqrt(Σ_k (A_ik − B_jk)²)
//
// Differences are taken before squaring: the usual ‖a‖² + ‖b‖² − 2·a·b loses every digit where rows are nearly equal, and
// two identical rows must be exactly 0 apart. Costs are the ones OpT-DeUS feeds to Sinkhorn (voalmciaf/OpT-DeUS:Model/OpT-DeUS.py).
// @use decode.wgsl

struct Params {
  first_row: u32,
  end_row: u32,
  rows: u32,
  columns: u32,
  inner: u32,
  band_start: u32,
}

override A_DTYPE: u32 = 0u;
override B_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read_write> cost: array<f32>;

const TILE = 4u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = params.first_row + id.y * TILE;
  let column = id.x * TILE;
  if (row >= params.end_row || column >= params.columns) {
    return;
  }
  var a_index = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(params.rows - 1u)) * params.inner;
  var b_index = min(vec4u(column) + vec4u(0u, 1u, 2u, 3u), vec4u(params.columns - 1u)) * params.inner;
  var sum = mat4x4f();
  for (var k = 0u; k < params.inner; k++) {
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
    for (var r = 0u; r < TILE; r++) {
      let d = vec4f(x[r]) - y;
      sum[r] = fma(d, d, sum[r]);
    }
    a_index += vec4u(1u);
    b_index += vec4u(1u);
  }
  for (var r = 0u; r < min(TILE, params.end_row - row); r++) {
    for (var c = 0u; c < min(TILE, params.columns - column); c++) {
      cost[(row + r - params.band_start) * params.columns + column + c] = sqrt(sum[r][c]);
    }
  }
}
