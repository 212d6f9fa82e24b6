// Moves neurons with a transport plan whose entries are computed from cost and potentials (barycentric projection if
// scale = n, method.md 5.2; the released script's unscaled plan if scale = 1).
//
//   out[j, c] += scale · Σ_i T_ij · x[i, c],   T_ij = exp((f_i + g_j − M_ij) / ε)
//
// The sum runs over one band of rows i. TᵀX and X·T differ only in the strides of x and out. Each thread computes the
// results of four columns j of the plan and four columns c of x.
// @use decode.wgsl

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  cost_stride: u32,
  width: u32,
  x_i: u32,
  x_c: u32,
  out_j: u32,
  out_c: u32,
  first_column: u32,
  epsilon: f32,
  scale: f32,
}

override X_DTYPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

const TILE = 4u;
const LARGEST_EXPONENT = 60.0;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = params.first_column + id.y * TILE;
  let c0 = id.x * TILE;
  if (column >= params.columns || c0 >= params.width) {
    return;
  }
  let j = min(vec4u(column) + vec4u(0u, 1u, 2u, 3u), vec4u(params.columns - 1u));
  let c = min(vec4u(c0) + vec4u(0u, 1u, 2u, 3u), vec4u(params.width - 1u));
  let g_j = vec4f(g[j.x], g[j.y], g[j.z], g[j.w]);
  var sum = mat4x4f();
  for (var i = 0u; i < params.rows; i++) {
    let at = i * params.cost_stride;
    let distance = vec4f(cost[at + j.x], cost[at + j.y], cost[at + j.z], cost[at + j.w]);
    let exponent = (vec4f(f[params.row_start + i]) + g_j - distance) / params.epsilon;
    let mass = exp(min(exponent, vec4f(LARGEST_EXPONENT)));
    let k = vec4u((params.row_start + i) * params.x_i) + c * params.x_c;
    let y = vec4f(
      decode(x[word_of(k.x, X_DTYPE)], k.x, X_DTYPE),
      decode(x[word_of(k.y, X_DTYPE)], k.y, X_DTYPE),
      decode(x[word_of(k.z, X_DTYPE)], k.z, X_DTYPE),
      decode(x[word_of(k.w, X_DTYPE)], k.w, X_DTYPE),
    );
    for (var r = 0u; r < TILE; r++) {
      sum[r] = fma(vec4f(mass[r]), y, sum[r]);
    }
  }
  for (var r = 0u; r < min(TILE, params.columns - column); r++) {
    for (var s = 0u; s < min(TILE, params.width - c0); s++) {
      let at = (column + r) * params.out_j + (c0 + s) * params.out_c;
      out[at] += params.scale * sum[r][s];
    }
  }
}
