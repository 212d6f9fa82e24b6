// Backward pass of causal attention, to the queries (Dao et al. 2022, appendix B.2), by tiles like attention_tiled.wgsl.
//
//   l[t, i]  = log Σ_s exp(score),   score = scale · q_ti · k_sg,   s ≤ t,   g = ⌊i · kv_heads / heads⌋
//   δ[t, i]  = u_ti · out_ti
//   dq[t, i] = scale · Σ_s exp(score − l) · (u_ti · v_sg − δ) · k_sg
//   rows[t, i] = (l, δ)                                       for attention_key_gradient_tiled.wgsl
//
// It goes through the keys twice: first for l, then for dq.
//
// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².
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
@group(0) @binding(4) var<storage, read> attended: array<vec4f>;
@group(0) @binding(5) var<storage, read> upstream: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> rows: array<vec2f>;

fn own_at(which: u32, i: u32) -> vec4f {
  if (which == 0u) {
    return q[i];
  }
  return upstream[i];
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
  let seen = min(first + ROWS, params.queries);
// @if SPAN
  let begin = first + 1u - min(first + 1u, params.span);
// @else
  let begin = 0u;
// @end
// @each q QUADS
  let t_{q} = first + 4u * quad({q}u, local) + vec4u(0u, 1u, 2u, 3u);
// @end

  // Every lane has its own maximum of the keys that it sees.
  var maxima: array<vec4f, QUADS>;
  var totals: array<vec4f, QUADS>;
// @each q QUADS
  maxima[{q}] = vec4f(LOWEST);
// @end
  for (var start = begin; start < seen; start += COLUMNS) {
    let keys = Rows(kv_start + start * kv_width, kv_width, seen - start, params.groups);
    let tile = dots(0u, queries, keys, local);
// @each q QUADS
// @each c 4
    {
// @if CAP
      let x = capped(tile[{c}u * QUADS + {q}u] * params.scale, params.cap);
// @else
      let x = tile[{c}u * QUADS + {q}u] * params.scale;
// @end
      let e = exp(-abs(x - maxima[{q}]));
      let total = select(totals[{q}] + e, totals[{q}] * e + 1.0, x > maxima[{q}]);
      let key = vec4u(start + local.x + {c}u * LANES);
// @if SPAN
      let visible = (key <= t_{q}) & (t_{q} - min(key, t_{q}) < vec4u(params.span));
// @else
      let visible = key <= t_{q};
// @end
      totals[{q}] = select(totals[{q}], total, visible);
      maxima[{q}] = select(maxima[{q}], max(maxima[{q}], x), visible);
    }
// @end
// @end
  }
  var highest = maxima;
  show(maxima, local);
  for (var lane = 0u; lane < LANES; lane++) {
// @each q QUADS
    highest[{q}] = max(highest[{q}], shown(lane, {q}u, local));
// @end
  }
// @each q QUADS
  totals[{q}] *= exp(maxima[{q}] - highest[{q}]);
// @end
  show(totals, local);
  var log_sums: array<vec4f, QUADS>;
  for (var lane = 0u; lane < LANES; lane++) {
// @each q QUADS
    log_sums[{q}] += shown(lane, {q}u, local);
// @end
  }
// @each q QUADS
  log_sums[{q}] = highest[{q}] + log(log_sums[{q}]);
// @end

  var parts: array<vec4f, QUADS>;
  for (var d = local.x; d < params.groups; d += LANES) {
// @each q QUADS
// @each r 4
    {
      let at = queries.start + min(4u * quad({q}u, local) + {r}u, queries.count - 1u) * width + d;
      parts[{q}][{r}] += dot(upstream[at], attended[at]);
    }
// @end
// @end
  }
  show(parts, local);
  var along: array<vec4f, QUADS>;
  for (var lane = 0u; lane < LANES; lane++) {
// @each q QUADS
    along[{q}] += shown(lane, {q}u, local);
// @end
  }

  var sums: Sums;
  for (var start = begin; start < seen; start += COLUMNS) {
    let keys = Rows(kv_start + start * kv_width, kv_width, seen - start, params.groups);
    let scores = dots(0u, queries, keys, local);
    var tile = dots(1u, queries, keys, local);
// @each q QUADS
// @each c 4
    {
// @if CAP
      let x = capped(scores[{c}u * QUADS + {q}u] * params.scale, params.cap);
      let bend = x / params.cap;
      let factor = params.scale * (1.0 - bend * bend);
// @else
      let x = scores[{c}u * QUADS + {q}u] * params.scale;
      let factor = params.scale;
// @end
      let share = exp(x - log_sums[{q}]);
      let slope = share * (tile[{c}u * QUADS + {q}u] - along[{q}]) * factor;
      let key = vec4u(start + local.x + {c}u * LANES);
// @if SPAN
      let visible = (key <= t_{q}) & (t_{q} - min(key, t_{q}) < vec4u(params.span));
// @else
      let visible = key <= t_{q};
// @end
      tile[{c}u * QUADS + {q}u] = select(vec4f(), slope, visible);
    }
// @end
// @end
    weigh(tile, local);
    gather(0u, keys, local, &sums);
  }
// @each q QUADS
// @each r 4
  {
    let t = 4u * quad({q}u, local) + {r}u;
    if (t < queries.count) {
// @each p DEPTH
      if (local.x + {p}u * LANES < params.groups) {
        out[queries.start + t * width + local.x + {p}u * LANES] = sums[(4u * {q}u + {r}u) * DEPTH + {p}u];
      }
// @end
      if (local.x == 0u) {
        rows[(base + first + t) * params.heads + head] = vec2f(log_sums[{q}][{r}], along[{q}][{r}]);
      }
    }
  }
// @end
// @end
}
