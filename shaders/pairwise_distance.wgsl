// Ground cost of the transport problem: distance between rows (neurons) of two weight matrices.
//
//   M[i, j] = factor · ‖A_i − B_j‖₂      metric 0, Euclidean
//             factor · ‖A_i − B_j‖₂²     metric 1, squared
//             factor · ½‖A_i − B_j‖₂²    metric 2, cosine: 1 − cos of rows of unit length. A row of zeros has no direction:
//                                        its distance is 1 to other rows, and 0 to another row of zeros.
//
// By tiles it takes the square from a product, ‖A_i‖² + ‖B_j‖² − 2·A_i·B_j. That loses all digits where rows are nearly equal, and
// the distance of equal rows must be exactly 0. So where less than a quarter is left the square is summed again, of differences.
// OpT-DeUS solves with the same costs (voalmciaf/OpT-DeUS:Model/OpT-DeUS.py).
// @use decode.wgsl
// @use operands.wgsl
// @use tiles.wgsl
// @use direct.wgsl
// @parameter DIFFERENCES 1
// @parameter RIGHT_ALONG 1
// @parameter RIGHT_LOADS 1
// @parameter RIGHT_STRIDE 36
// @parameter METRIC 0
// @parameter WIDE 1

struct Params {
  first_row: u32,
  end_row: u32,
  first_column: u32,
  end_column: u32,
  inner: u32,
  a_lines: u32,
  a_length: u32,
  b_lines: u32,
  b_length: u32,
  band_start: u32,
  columns: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// @if WIDE
@group(0) @binding(3) var<storage, read_write> cost: array<vec4f>;
// @else
@group(0) @binding(3) var<storage, read_write> cost: array<f32>;
// @end

const EUCLIDEAN = 0u;
const COSINE = 2u;
/// The least part of the sum of squares that a square by products may be.
const LEAST_PART = 0.25;
/// Stands for a distance that cancelled until it is written again.
const CANCELLED = -3.0e38;

fn left(line: u32, at: u32) -> vec4f {
  return a_at(params.band_start + line, at);
}

fn right(line: u32, at: u32) -> vec4f {
  return b_at(line, at);
}

// @if QUADS
// @else
fn left_entry(line: u32, at: u32) -> f32 {
  return a_entry(params.band_start + line, at);
}

fn right_entry(line: u32, at: u32) -> f32 {
  return b_entry(line, at);
}
// @end

/// Distances of a row to four others, from their squares and from sizes of rows, which are 0 for rows of zeros.
fn distances(squares: vec4f, size: f32, sizes: vec4f) -> vec4f {
  var distance = squares;
  if (METRIC == EUCLIDEAN) {
    distance = sqrt(squares);
  } else if (METRIC == COSINE) {
    let one_is_zero = vec4<bool>(size == 0.0) != (sizes == vec4f());
    distance = select(0.5 * squares, vec4f(1.0), one_is_zero);
  }
  return params.factor * distance;
}

/// Writes the four distances, or with `only_cancelled` those of them that cancelled before.
fn write_distances(row: u32, column: u32, distance: vec4f, only_cancelled: bool) {
  if (row >= params.end_row || column >= params.end_column) {
    return;
  }
  let at = row * params.columns + column;
// @if WIDE
  let kept = vec4<bool>(only_cancelled) & (cost[at / 4u] != vec4f(CANCELLED));
  cost[at / 4u] = select(distance, cost[at / 4u], kept);
// @else
  for (var c = 0u; c < min(4u, params.end_column - column); c++) {
    if (!only_cancelled || cost[at + c] == CANCELLED) {
      cost[at + c] = distance[c];
    }
  }
// @end
}

fn write_products(row: u32, column: u32, dots: vec4f, size: f32, sizes: vec4f) -> bool {
  let all = vec4f(size) + sizes;
  let squares = all - 2.0 * dots;
  let cancels = !(squares > LEAST_PART * all);
  write_distances(row, column, select(distances(squares, size, sizes), vec4f(CANCELLED), cancels), false);
  return any(cancels) && row < params.end_row && column < params.end_column;
}

fn write_squares(row: u32, column: u32, squares: vec4f, size: f32, sizes: vec4f) {
  write_distances(row, column, distances(squares, size, sizes), DIRECT == 0u);
}
