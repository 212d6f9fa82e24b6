// Backward pass of causal attention, to keys and values (Dao et al. 2022, appendix B.2), with the l and δ that
// attention_query_gradient.wgsl writes.
//
//   dv[s, g] = Σ_i Σ_t≥s p · u_ti,                                  p = exp(scale · q_ti · k_sg − l_ti)
//   dk[s, g] = scale · Σ_i Σ_t≥s p · (u_ti · v_sg − δ_ti) · q_ti    i over the query heads that read key-value head g
//
// A workgroup computes eight neighbouring keys of one key-value head, with eight lanes per key and queries in tiles of 64.
// One lane computes each sum, so that its order is fixed.
//
// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².
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

const KEYS = 8u;
const LANES = 8u;
const QUERIES = 64u;
// Groups of four dimensions per lane: enough for heads of 256.
const DEPTH = 8u;

/// For every query in the tile: its probability of the key, and the derivative by its score.
var<workgroup> shares: array<vec2f, KEYS * QUERIES>;

@compute @workgroup_size(LANES, KEYS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let shared_head = group.y % params.kv_heads;
  let base = group.y / params.kv_heads * params.queries;
  let first = group.x * KEYS;
  let lane = local.x;
  // Lanes beyond the last key repeat it, so that all lanes reach the barriers; they write nothing.
  let s = min(first + local.y, params.queries - 1u);
  let k_start = ((base + s) * params.kv_heads + shared_head) * params.groups;
  let sharing = params.heads / params.kv_heads;

// @if SPAN
  let end = min(params.queries, first + KEYS - 1u + params.span);
// @else
  let end = params.queries;
// @end

  var of_key = array<vec4f, DEPTH>();
  var of_value = array<vec4f, DEPTH>();
  for (var head = shared_head * sharing; head < (shared_head + 1u) * sharing; head++) {
    for (var start = first; start < end; start += QUERIES) {
      for (var j = lane; j < QUERIES; j += LANES) {
        var pair = vec2f();
        let t = start + j;
// @if SPAN
        let seen = t >= s && t < params.queries && t - s < params.span;
// @else
        let seen = t >= s && t < params.queries;
// @end
        if (seen) {
          let at = ((base + t) * params.heads + head) * params.groups;
          var score = 0.0;
          var rise = 0.0;
          for (var d = 0u; d < params.groups; d++) {
            score += dot(q[at + d], k[k_start + d]);
            rise += dot(upstream[at + d], v[k_start + d]);
          }
          let row = rows[(base + t) * params.heads + head];
// @if CAP
          let x = capped(vec4f(score * params.scale), params.cap).x;
          let bend = x / params.cap;
          let share = exp(x - row.x);
          pair = vec2f(share, share * (rise - row.y) * params.scale * (1.0 - bend * bend));
// @else
          let share = exp(score * params.scale - row.x);
          pair = vec2f(share, share * (rise - row.y) * params.scale);
// @end
        }
        shares[local.y * QUERIES + j] = pair;
      }
      workgroupBarrier();
      let count = min(QUERIES, params.queries - start);
      for (var part = 0u; part < DEPTH; part++) {
        let d = part * LANES + lane;
        if (d >= params.groups) {
          break;
        }
        var key_sum = of_key[part];
        var value_sum = of_value[part];
        for (var j = 0u; j < count; j++) {
          let pair = shares[local.y * QUERIES + j];
          let at = ((base + start + j) * params.heads + head) * params.groups + d;
          key_sum = fma(vec4f(pair.y), q[at], key_sum);
          value_sum = fma(vec4f(pair.x), upstream[at], value_sum);
        }
        of_key[part] = key_sum;
        of_value[part] = value_sum;
      }
      workgroupBarrier();
    }
  }
  if (first + local.y >= params.queries) {
    return;
  }
  for (var part = 0u; part < DEPTH; part++) {
    let d = part * LANES + lane;
    if (d < params.groups) {
      key_out[k_start + d] = of_key[part];
      value_out[k_start + d] = of_value[part];
    }
  }
}
