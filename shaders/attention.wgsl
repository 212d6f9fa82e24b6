// Causal softmax attention with grouped heads (Ainslie et al. 2023).
//
//   out[t, i] = Σ_s softmax_s(q_ti · k_sg / √h) · v_sg,   s ≤ past + t,   g = ⌊i · kv_heads / heads⌋
//
// Windows of equal length may be stacked; each attends only to itself. A workgroup computes eight neighbouring queries of
// one head, which share their keys, with eight lanes per query. It reads 64 keys at a time with a running maximum and sum
// (Milakov & Gimelshein 2018), so that no row of scores is stored and any length fits. In a tile, a lane computes the
// scores of every eighth key, then sums values for every eighth group of four dimensions.
//
// With SPAN, s > past + t − span. With CAP, scores are capped: cap · tanh(score / cap).
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

const QUERIES = 8u;
const LANES = 8u;
const KEYS = 64u;
// Groups of four dimensions per lane: enough for heads of 256.
const DEPTH = 8u;
const LOWEST = -3.4e38;

var<workgroup> scores: array<f32, QUERIES * KEYS>;

@compute @workgroup_size(LANES, QUERIES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y % params.heads;
  let base = group.y / params.heads * params.queries;
  let first = group.x * QUERIES;
  let lane = local.x;
  // Lanes beyond the last query repeat it, so that all lanes reach the barriers; they write nothing.
  let t = min(first + local.y, params.queries - 1u);
  let row = local.y * KEYS;
  let kv_width = params.kv_heads * params.groups;
  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;
  let q_start = ((base + t) * params.heads + head) * params.groups;
  let visible = params.past + t + 1u;
  let keys = params.past + min(first + QUERIES, params.queries);
// @if SPAN
  let lowest = visible - min(visible, params.span);
  let begin = params.past + first + 1u - min(params.past + first + 1u, params.span);
// @else
  let lowest = 0u;
  let begin = 0u;
// @end

  var maximum = LOWEST;
  var sum = 0.0;
  var result = array<vec4f, DEPTH>();
  for (var start = begin; start < keys; start += KEYS) {
    for (var s = lane; s < KEYS; s += LANES) {
      var score = LOWEST;
      if (start + s >= lowest && start + s < visible) {
        let at = (start + s) * kv_width + kv_start;
        score = 0.0;
        for (var d = 0u; d < params.groups; d++) {
          score += dot(q[q_start + d], k[at + d]);
        }
        score *= params.scale;
// @if CAP
        score = capped(vec4f(score), params.cap).x;
// @end
      }
      scores[row + s] = score;
    }
    workgroupBarrier();
    var highest = maximum;
    for (var s = 0u; s < KEYS; s++) {
      highest = max(highest, scores[row + s]);
    }
    workgroupBarrier();
    for (var s = lane; s < KEYS; s += LANES) {
      scores[row + s] = exp(scores[row + s] - highest);
    }
    workgroupBarrier();
    let shrink = exp(maximum - highest);
    let count = min(KEYS, max(visible, start) - start);
    sum *= shrink;
    for (var s = 0u; s < count; s++) {
      sum += scores[row + s];
    }
    for (var part = 0u; part < DEPTH; part++) {
      let d = part * LANES + lane;
      if (d >= params.groups) {
        break;
      }
      var total = result[part] * shrink;
      for (var s = 0u; s < count; s++) {
        total = fma(vec4f(scores[row + s]), v[(start + s) * kv_width + kv_start + d], total);
      }
      result[part] = total;
    }
    maximum = highest;
    workgroupBarrier();
  }
  if (first + local.y >= params.queries) {
    return;
  }
  for (var part = 0u; part < DEPTH; part++) {
    let d = part * LANES + lane;
    if (d < params.groups) {
      out[q_start + d] = result[part] / sum;
    }
  }
}
