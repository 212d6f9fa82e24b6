// Moves neurons with a transport plan whose entries are computed from cost and potentials (barycentric projection if
// scale = n, method.md 5.2; the released script's unscaled plan if scale = 1).
//
//   out[j, c] += scale · Σ_i T_ij · x[i, c]    AXIS 0, TᵀX          T_ij = exp((f_i + g_j − M_ij) / ε)
//   out[r, j] += scale · Σ_i x[r, i] · T_ij    AXIS 1, X·T
//
// The sum runs over one band of rows i. Entries of the plan are formed when a tile of the cost is staged: once for all
// columns of a tile. Here `a` is the band of the cost and `b` is x.
// @use decode.wgsl
// @use operands.wgsl
// @use tiles.wgsl
// @use direct.wgsl
// @parameter AXIS 0
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
  row_start: u32,
  out_stride: u32,
  epsilon: f32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> f: array<f32>;
// @if QUADS
@group(0) @binding(4) var<storage, read> g: array<vec4f>;
// @else
@group(0) @binding(4) var<storage, read> g: array<f32>;
// @end
// @if WIDE
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;
// @else
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
// @end

const LARGEST_EXPONENT = 60.0;

/// Entries j … j + 3 of row i of the plan; zeros below the band.
// @if QUADS
fn plan_at(i: u32, j: u32) -> vec4f {
  let exponent = (vec4f(f[params.row_start + i]) + g[j / 4u] - a_at(i, j)) / params.epsilon;
  return select(vec4f(), exp(min(exponent, vec4f(LARGEST_EXPONENT))), i < params.inner);
}
// @else
fn plan_at(i: u32, j: u32) -> vec4f {
  let mass = vec4f(plan_entry(i, j), plan_entry(i, j + 1u), plan_entry(i, j + 2u), plan_entry(i, j + 3u));
  return select(vec4f(), mass, inside(i, params.inner, j, params.a_length));
}

fn plan_entry(i: u32, j: u32) -> f32 {
  let exponent = (f[params.row_start + i] + g[j] - a_entry(i, j)) / params.epsilon;
  return exp(min(exponent, LARGEST_EXPONENT));
}
// @end

// @if AXIS
fn left(row: u32, i: u32) -> vec4f {
  return b_at(row, params.row_start + i);
}

fn right(i: u32, j: u32) -> vec4f {
  return plan_at(i, j);
}
// @else
fn left(i: u32, j: u32) -> vec4f {
  return plan_at(i, j);
}

fn right(i: u32, column: u32) -> vec4f {
  return b_at(params.row_start + i, column);
}
// @end

// @if QUADS
// @else
// @if AXIS
fn left_entry(row: u32, i: u32) -> f32 {
  return b_entry(row, params.row_start + i);
}

fn right_entry(i: u32, j: u32) -> f32 {
  return plan_entry(i, j);
}
// @else
fn left_entry(i: u32, j: u32) -> f32 {
  return plan_entry(i, j);
}

fn right_entry(i: u32, column: u32) -> f32 {
  return b_entry(params.row_start + i, column);
}
// @end
// @end

fn write(row: u32, column: u32, sums: vec4f) {
  if (row >= params.end_row || column >= params.end_column) {
    return;
  }
  let at = row * params.out_stride + column;
// @if WIDE
  out[at / 4u] += params.scale * sums;
// @else
  for (var c = 0u; c < min(4u, params.end_column - column); c++) {
    out[at + c] += params.scale * sums[c];
  }
// @end
}
