// Backward pass of causal attention, to keys and values (Dao et al. 2022, appendix B.2), by tiles like attention_tiled.wgsl, with
// the l and δ that attention_query_gradient_tiled.wgsl writes.
//
//   dv[s, g] = Σ_i Σ_t≥s p · u_ti,                                  p = exp(scale · q_ti · k_sg − l_ti)
//   dk[s, g] = scale · Σ_i Σ_t≥s p · (u_ti · v_sg − δ_ti) · q_ti    i over the query heads that read key-value head g
//
// A workgroup computes neighbouring keys of one key-value head; its columns are queries. One thread computes each sum, so that
// its order is fixed.
//
// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².
// @use attention_tile.wgsl
// @use capped.wgsl
// @parameter SPAN 0
// @parameter CAP 0

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
@group(0) @binding(4) var<storage, read> upstream: array<vec4f>;
@group(0) @binding(5) var<storage, read> rows: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> key_out: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> value_out: array<vec4f>;

fn own_at(which: u32, i: u32) -> vec4f {
  if (which == 0u) {
    return k[i];
  }
  return v[i];
}

fn other_at(which: u32, i: u32) -> vec4f {
  if (which == 0u) {
    return q[i];
  }
  return upstream[i];
}

@compute @workgroup_size(LANES, SPANS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let shared_head = group.y % params.kv_heads;
  let base = group.y / params.kv_heads * params.queries;
  let first = group.x * ROWS;
  let width = params.heads * params.groups;
  let kv_width = params.kv_heads * params.groups;
  let keys = Rows(
    (base + first) * kv_width + shared_head * params.groups,
    kv_width,
    params.queries - first,
    params.groups,
  );
  let sharing = params.heads / params.kv_heads;
// @each q QUADS
  let s_{q} = first + 4u * quad({q}u, local) + vec4u(0u, 1u, 2u, 3u);
// @end

// @if SPAN
  let end = min(params.queries, first + ROWS - 1u + params.span);
// @else
  let end = params.queries;
// @end

  var of_key: Sums;
  var of_value: Sums;
  for (var head = shared_head * sharing; head < (shared_head + 1u) * sharing; head++) {
    for (var start = first; start < end; start += COLUMNS) {
      let queries = Rows((base + start) * width + head * params.groups, width, params.queries - start, params.groups);
      var shares = dots(0u, keys, queries, local);
      var slopes = dots(1u, keys, queries, local);
// @each c 4
      {
        let t = start + local.x + {c}u * LANES;
        let row = rows[(base + min(t, params.queries - 1u)) * params.heads + head];
// @each q QUADS
// @if SPAN
        let near_{q} = vec4u(t) - min(s_{q}, vec4u(t)) < vec4u(params.span);
        let visible_{q} = (s_{q} <= vec4u(t)) & near_{q} & vec4<bool>(t < params.queries);
// @else
        let visible_{q} = (s_{q} <= vec4u(t)) & vec4<bool>(t < params.queries);
// @end
// @if CAP
        let x_{q} = capped(shares[{c}u * QUADS + {q}u] * params.scale, params.cap);
        let bend_{q} = x_{q} / params.cap;
        let factor_{q} = params.scale * (1.0 - bend_{q} * bend_{q});
// @else
        let x_{q} = shares[{c}u * QUADS + {q}u] * params.scale;
        let factor_{q} = params.scale;
// @end
        let share_{q} = select(vec4f(), exp(x_{q} - row.x), visible_{q});
        shares[{c}u * QUADS + {q}u] = share_{q};
        slopes[{c}u * QUADS + {q}u] = share_{q} * (slopes[{c}u * QUADS + {q}u] - row.y) * factor_{q};
// @end
      }
// @end
      weigh(shares, local);
      gather(1u, queries, local, &of_value);
      weigh(slopes, local);
      gather(0u, queries, local, &of_key);
    }
  }
// @each q QUADS
// @each r 4
  {
    let s = 4u * quad({q}u, local) + {r}u;
    if (s < keys.count) {
// @each p DEPTH
      if (local.x + {p}u * LANES < params.groups) {
        let at = keys.start + s * kv_width + local.x + {p}u * LANES;
        key_out[at] = of_key[(4u * {q}u + {r}u) * DEPTH + {p}u];
        value_out[at] = of_value[(4u * {q}u + {r}u) * DEPTH + {p}u];
      }
// @end
    }
  }
// @end
// @end
}
