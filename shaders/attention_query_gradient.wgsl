// Backward pass of causal attention, to the queries (Dao et al. 2022, appendix B.2).
//
//   l[t, i]  = log Σ_s exp(score),   score = scale · q_ti · k_sg,   s ≤ t,   g = ⌊i · kv_heads / heads⌋
//   δ[t, i]  = u_ti · out_ti
//   dq[t, i] = scale · Σ_s exp(score − l) · (u_ti · v_sg − δ) · k_sg
//   rows[t, i] = (l, δ)                                       for attention_key_gradient.wgsl
//
// Split like attention.wgsl: eight queries of one head per workgroup, eight lanes per query, keys in tiles of 64. It reads
// the keys twice: first for l, then for dq.
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
@group(0) @binding(4) var<storage, read> attended: array<vec4f>;
@group(0) @binding(5) var<storage, read> upstream: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> rows: array<vec2f>;

const QUERIES = 8u;
const LANES = 8u;
const KEYS = 64u;
// Groups of four dimensions per lane: enough for heads of 256.
const DEPTH = 8u;
const LOWEST = -3.4e38;

/// A lane's running maximum and sum, and its part of δ.
var<workgroup> partial: array<vec3f, QUERIES * LANES>;
var<workgroup> slopes: array<f32, QUERIES * KEYS>;

@compute @workgroup_size(LANES, QUERIES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y % params.heads;
  let base = group.y / params.heads * params.queries;
  let first = group.x * QUERIES;
  let lane = local.x;
  // Lanes beyond the last query repeat it, so that all lanes reach the barriers; they write nothing.
  let t = min(first + local.y, params.queries - 1u);
  let kv_width = params.kv_heads * params.groups;
  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;
  let q_start = ((base + t) * params.heads + head) * params.groups;

// @if SPAN
  let lowest = t + 1u - min(t + 1u, params.span);
  let begin = first + 1u - min(first + 1u, params.span);
// @else
  let lowest = 0u;
  let begin = 0u;
// @end

  var maximum = LOWEST;
  var sum = 0.0;
  for (var s = lowest + lane; s <= t; s += LANES) {
    let x = score(q_start, s * kv_width + kv_start);
    let e = exp(-abs(x - maximum));
    sum = select(sum + e, sum * e + 1.0, x > maximum);
    maximum = max(maximum, x);
  }
  var along = 0.0;
  for (var d = lane; d < params.groups; d += LANES) {
    along += dot(upstream[q_start + d], attended[q_start + d]);
  }
  partial[local.y * LANES + lane] = vec3f(maximum, sum, along);
  workgroupBarrier();
  var highest = LOWEST;
  for (var other = 0u; other < LANES; other++) {
    highest = max(highest, partial[local.y * LANES + other].x);
  }
  var total = 0.0;
  var delta = 0.0;
  for (var other = 0u; other < LANES; other++) {
    let part = partial[local.y * LANES + other];
    total += part.y * exp(part.x - highest);
    delta += part.z;
  }
  let log_sum = highest + log(total);

  var result = array<vec4f, DEPTH>();
  let keys = min(first + QUERIES, params.queries);
  for (var start = begin; start < keys; start += KEYS) {
    for (var s = lane; s < KEYS; s += LANES) {
      var slope = 0.0;
      if (start + s >= lowest && start + s <= t) {
        let at = (start + s) * kv_width + kv_start;
        var rise = 0.0;
        for (var d = 0u; d < params.groups; d++) {
          rise += dot(upstream[q_start + d], v[at + d]);
        }
        let x = score(q_start, at);
        slope = exp(x - log_sum) * (rise - delta) * params.scale;
// @if CAP
        let share = x / params.cap;
        slope *= 1.0 - share * share;
// @end
      }
      slopes[local.y * KEYS + s] = slope;
    }
    workgroupBarrier();
    let count = min(KEYS, max(t + 1u, start) - start);
    for (var part = 0u; part < DEPTH; part++) {
      let d = part * LANES + lane;
      if (d >= params.groups) {
        break;
      }
      var gathered = result[part];
      for (var s = 0u; s < count; s++) {
        let slope = vec4f(slopes[local.y * KEYS + s]);
        gathered = fma(slope, k[(start + s) * kv_width + kv_start + d], gathered);
      }
      result[part] = gathered;
    }
    workgroupBarrier();
  }
  if (first + local.y >= params.queries) {
    return;
  }
  for (var part = 0u; part < DEPTH; part++) {
    let d = part * LANES + lane;
    if (d < params.groups) {
      out[q_start + d] = result[part];
    }
  }
  if (lane == 0u) {
    rows[(base + t) * params.heads + head] = vec2f(log_sum, delta);
  }
}

fn score(q_at: u32, k_at: u32) -> f32 {
  var sum = 0.0;
  for (var d = 0u; d < params.groups; d++) {
    sum += dot(q[q_at + d], k[k_at + d]);
  }
// @if CAP
  return capped(vec4f(sum * params.scale), params.cap).x;
// @else
  return sum * params.scale;
// @end
}
