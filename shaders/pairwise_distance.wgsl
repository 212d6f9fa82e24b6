// Ground cost of the transport problem: distance between rows (neurons) of two weight matrices.
//
//   M[i, j] = factor · ‖A_i − B_j‖₂      metric 0, Euclidean
//             factor · ‖A_i − B_j‖₂²     metric 1, squared
//             factor · ½‖A_i − B_j‖₂²    metric 2, cosine: 1 − cos of rows of unit length. A row of zeros has no direction:
//                                        its distance is 1 to other rows, and 0 to another row of zeros.
//
// It squares differences, because the usual ‖a‖² + ‖b‖² − 2·a·b loses all digits where rows are nearly equal, and the
// distance of equal rows must be exactly 0. OpT-DeUS solves with the same costs (voalmciaf/OpT-DeUS:Model/OpT-DeUS.py).
// @use decode.wgsl

struct Params {
  first_row: u32,
  end_row: u32,
  rows: u32,
  columns: u32,
  inner: u32,
  band_start: u32,
  factor: f32,
}

override A_DTYPE: u32 = 0u;
override B_DTYPE: u32 = 0u;
override METRIC: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read_write> cost: array<f32>;

const TILE = 4u;
const EUCLIDEAN = 0u;
const COSINE = 2u;

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
  var a_largest = vec4f();
  var b_largest = vec4f();
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
    if (METRIC == COSINE) {
      a_largest = max(a_largest, abs(x));
      b_largest = max(b_largest, abs(y));
    }
    a_index += vec4u(1u);
    b_index += vec4u(1u);
  }
  for (var r = 0u; r < min(TILE, params.end_row - row); r++) {
    for (var c = 0u; c < min(TILE, params.columns - column); c++) {
      var distance = sum[r][c];
      if (METRIC == EUCLIDEAN) {
        distance = sqrt(distance);
      } else if (METRIC == COSINE) {
        distance = select(0.5 * distance, 1.0, (a_largest[r] == 0.0) != (b_largest[c] == 0.0));
      }
      cost[(row + r - params.band_start) * params.columns + column + c] = params.factor * distance;
    }
  }
}
