// Causal softmax attention with grouped heads (Ainslie et al. 2023), by tiles. attention.wgsl computes the same for few queries.
//
//   out[t, i] = Σ_s softmax_s(q_ti · k_sg / √h) · v_sg,   s ≤ past + t,   g = ⌊i · kv_heads / heads⌋
//
// Windows of equal length may be stacked; each attends only to itself. A workgroup computes neighbouring queries of one head,
// with a running maximum and sum (Milakov & Gimelshein 2018; Dao et al. 2022).
//
// With SPAN, s > past + t − span. With CAP, a score becomes cap · tanh(score / cap).
// @use capped.wgsl
// @parameter SPAN 0
// @parameter CAP 0
// @use attention_tile.wgsl

struct Params {
  /// Per window.
  queries: u32,
  heads: u32,
  kv_heads: u32,
  /// Groups of four dimensions in a head.
  groups: u32,
  past: u32,
  scale: f32,
// @if SPAN
  /// Keys that a query sees: itself and those before it.
  span: u32,
// @end
// @if CAP
  cap: f32,
// @end
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> k: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

fn own_at(which: u32, i: u32) -> vec4f {
  return q[i];
}

fn other_at(which: u32, i: u32) -> vec4f {
  if (which == 0u) {
    return k[i];
  }
  return v[i];
}

@compute @workgroup_size(LANES, SPANS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let head = group.y % params.heads;
  let base = group.y / params.heads * params.queries;
  // Late queries see most keys, so they start first.
  let first = (groups.x - 1u - group.x) * ROWS;
  let width = params.heads * params.groups;
  let kv_width = params.kv_heads * params.groups;
  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;
  let queries = Rows((base + first) * width + head * params.groups, width, params.queries - first, params.groups);
  let seen = params.past + min(first + ROWS, params.queries);
// @if SPAN
  let begin = params.past + first + 1u - min(params.past + first + 1u, params.span);
// @else
  let begin = 0u;
// @end

  var maxima: array<vec4f, QUADS>;
  var totals: array<vec4f, QUADS>;
// @each q QUADS
  maxima[{q}] = vec4f(LOWEST);
// @end
  var sums: Sums;
  for (var start = begin; start < seen; start += COLUMNS) {
    let keys = Rows(kv_start + start * kv_width, kv_width, seen - start, params.groups);
    var tile = dots(0u, queries, keys, local);
    var highest = maxima;
// @each q QUADS
    let last_{q} = params.past + first + 4u * quad({q}u, local) + vec4u(0u, 1u, 2u, 3u);
// @each c 4
// @if CAP
    let score_{c}_{q} = capped(tile[{c}u * QUADS + {q}u] * params.scale, params.cap);
// @else
    let score_{c}_{q} = tile[{c}u * QUADS + {q}u] * params.scale;
// @end
    let key_{c}_{q} = vec4u(start + local.x + {c}u * LANES);
// @if SPAN
    let visible_{c}_{q} = (key_{c}_{q} <= last_{q}) & (last_{q} - min(key_{c}_{q}, last_{q}) < vec4u(params.span));
// @else
    let visible_{c}_{q} = key_{c}_{q} <= last_{q};
// @end
    tile[{c}u * QUADS + {q}u] = select(vec4f(LOWEST), score_{c}_{q}, visible_{c}_{q});
    highest[{q}] = max(highest[{q}], tile[{c}u * QUADS + {q}u]);
// @end
// @end
    show(highest, local);
    for (var lane = 0u; lane < LANES; lane++) {
// @each q QUADS
      highest[{q}] = max(highest[{q}], shown(lane, {q}u, local));
// @end
    }
// @each q QUADS
    let shrink_{q} = exp(maxima[{q}] - highest[{q}]);
    totals[{q}] *= shrink_{q};
// @each c 4
    tile[{c}u * QUADS + {q}u] = exp(tile[{c}u * QUADS + {q}u] - highest[{q}]);
    totals[{q}] += tile[{c}u * QUADS + {q}u];
// @end
// @each r 4
// @each p DEPTH
    sums[(4u * {q}u + {r}u) * DEPTH + {p}u] *= shrink_{q}[{r}];
// @end
// @end
// @end
    maxima = highest;
    weigh(tile, local);
    gather(1u, keys, local, &sums);
  }

  show(totals, local);
// @each q QUADS
  var total_{q} = vec4f();
  for (var lane = 0u; lane < LANES; lane++) {
    total_{q} += shown(lane, {q}u, local);
  }
// @each r 4
  {
    let t = 4u * quad({q}u, local) + {r}u;
    if (t < queries.count) {
// @each p DEPTH
      if (local.x + {p}u * LANES < params.groups) {
        out[queries.start + t * width + local.x + {p}u * LANES] = sums[(4u * {q}u + {r}u) * DEPTH + {p}u] / total_{q}[{r}];
      }
// @end
    }
  }
// @end
// @end
}
