// Products of tiles for attention, without a T×T matrix. A workgroup keeps ROWS rows of its own (queries, or keys in
// attention_key_gradient_tiled.wgsl) and goes through the columns, which are rows of other tensors, COLUMNS at a time. Operands
// pass through workgroup memory. A thread computes QUADS groups of four rows by four columns of scores, then DEPTH groups of four
// dimensions of the same rows.
//
// The including file gives rows by `own_at` and `other_at`, which choose a tensor by `which`.
// @parameter LANES 4
// @parameter SPANS 2
// @parameter QUADS 2
// @parameter DEPTH 1

const THREADS = LANES * SPANS;
/// Groups of four rows, and rows.
const OWN = SPANS * QUADS;
const ROWS = 4u * OWN;
const COLUMNS = 4u * LANES;
/// Groups of four dimensions that a step of `dots` holds, and columns that a step of `gather` holds.
const GROUPS = 4u;
const HELD = min(32u / DEPTH, COLUMNS);
// One more than needed, so that threads that store together store to different banks.
const STRIDE = OWN + LANES + 1u;
const WEIGHT_STRIDE = OWN + 1u;
const LOWEST = -3.4e38;

var<workgroup> stage: array<vec4f, max(4u * GROUPS * STRIDE, HELD * LANES * DEPTH)>;
/// By column, then group of four rows.
var<workgroup> weights: array<vec4f, COLUMNS * WEIGHT_STRIDE>;

/// Equally distant rows of a tensor. Rows from `count` on count as zeros and are not read.
struct Rows {
  /// Index of the first row's first group of four dimensions.
  start: u32,
  stride: u32,
  count: u32,
  /// Groups of four dimensions.
  groups: u32,
}

/// Entry c·QUADS + q: products of the rows `4·quad(q) …` with column `lane + c·LANES`.
alias Tile = array<vec4f, 4u * QUADS>;
/// Entry (4·q + r)·DEPTH + p: dimensions `4·(lane + p·LANES) …` of row `4·quad(q) + r`.
alias Sums = array<vec4f, 4u * QUADS * DEPTH>;

/// Group of four rows: part `q` of a thread's.
fn quad(q: u32, local: vec3u) -> u32 {
  return local.y + q * SPANS;
}

/// Returns the dot products of own rows and columns. Every thread of the workgroup must call it.
fn dots(which: u32, own: Rows, other: Rows, local: vec3u) -> Tile {
  var tile: Tile;
  for (var group = 0u; group < own.groups; group += GROUPS) {
    workgroupBarrier();
    for (var b = local.y * LANES + local.x; b < GROUPS * (OWN + LANES); b += THREADS) {
      let d = group + b % GROUPS;
      let four = b / GROUPS;
      var block = mat4x4f();
      if (d < own.groups) {
// @each r 4
        if (four < OWN) {
          let row = 4u * four + {r}u;
          if (row < own.count) {
            block[{r}] = own_at(which, own.start + row * own.stride + d);
          }
        } else {
          let row = four - OWN + {r}u * LANES;
          if (row < other.count) {
            block[{r}] = other_at(which, other.start + row * other.stride + d);
          }
        }
// @end
      }
      let turned = transpose(block);
      let at = b % GROUPS * 4u * STRIDE + four;
// @each r 4
      stage[at + {r}u * STRIDE] = turned[{r}];
// @end
    }
    workgroupBarrier();
    for (var d = 0u; d < 4u * GROUPS; d++) {
      let column = stage[d * STRIDE + OWN + local.x];
// @each q QUADS
      let row_{q} = stage[d * STRIDE + quad({q}u, local)];
// @each c 4
      tile[{c}u * QUADS + {q}u] = fma(vec4f(column[{c}]), row_{q}, tile[{c}u * QUADS + {q}u]);
// @end
// @end
    }
  }
  return tile;
}

/// Adds to `sums` the columns' rows, weighted by `weights`. Every thread of the workgroup must call it.
fn gather(which: u32, other: Rows, local: vec3u, sums: ptr<function, Sums>) {
  for (var first = 0u; first < COLUMNS; first += HELD) {
    workgroupBarrier();
    for (var b = local.y * LANES + local.x; b < HELD * LANES * DEPTH; b += THREADS) {
      let column = first + b / (LANES * DEPTH);
      let d = b % (LANES * DEPTH);
      var value = vec4f();
      if (column < other.count && d < other.groups) {
        value = other_at(which, other.start + column * other.stride + d);
      }
      stage[b] = value;
    }
    workgroupBarrier();
    for (var c = 0u; c < HELD; c++) {
// @each p DEPTH
      let value_{p} = stage[c * LANES * DEPTH + {p}u * LANES + local.x];
// @end
// @each q QUADS
      let weight_{q} = weights[(first + c) * WEIGHT_STRIDE + quad({q}u, local)];
// @each r 4
// @each p DEPTH
      (*sums)[(4u * {q}u + {r}u) * DEPTH + {p}u] = fma(vec4f(weight_{q}[{r}]), value_{p}, (*sums)[(4u * {q}u + {r}u) * DEPTH + {p}u]);
// @end
// @end
// @end
    }
  }
}

/// Sets the weights of the next `gather`. Every thread of the workgroup must call it.
fn weigh(tile: Tile, local: vec3u) {
  workgroupBarrier();
// @each c 4
// @each q QUADS
  weights[(local.x + {c}u * LANES) * WEIGHT_STRIDE + quad({q}u, local)] = tile[{c}u * QUADS + {q}u];
// @end
// @end
}

/// Shows one value for every row and lane. Every thread of the workgroup must call it, then read them by `shown`.
fn show(values: array<vec4f, QUADS>, local: vec3u) {
  workgroupBarrier();
// @each q QUADS
  weights[local.x * WEIGHT_STRIDE + quad({q}u, local)] = values[{q}];
// @end
  workgroupBarrier();
}

fn shown(lane: u32, q: u32, local: vec3u) -> vec4f {
  return weights[lane * WEIGHT_STRIDE + quad(q, local)];
}
