// Derivative by the gain of root mean square normalisation: sums of columns in two passes, in a fixed order. First every part of
// the rows gives one row of sums, then these are added.
//
//   out[part, i] = Σ_t u[t, i] · x[t, i] · inverse[t]     t over the rows of the part
//   out[i] += Σ_part x[part, i]                           with SUMS; with ADDED, it adds the first to out instead
//
// A workgroup takes COLUMNS neighbouring columns (with VECTOR, groups of four columns); LANES threads share a column's rows.
// @parameter COLUMNS 64
// @parameter LANES 1
// @parameter VECTOR 0

struct Params {
  rows: u32,
  width: u32,
  /// Rows of a part.
  height: u32,
}

override SUMS: u32 = 0u;
override ADDED: u32 = 1u;

// @if VECTOR
alias Entries = vec4f;
const WIDE = 4u;
// @else
alias Entries = f32;
const WIDE = 1u;
// @end

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Entries>;
@group(0) @binding(2) var<storage, read> upstream: array<Entries>;
@group(0) @binding(3) var<storage, read> inverse: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<Entries>;

var<workgroup> partial: array<Entries, COLUMNS * LANES>;

@compute @workgroup_size(COLUMNS, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let width = params.width / WIDE;
  let i = group.x * COLUMNS + local.x;
  let end = min(params.rows, (group.y + 1u) * params.height);
  var sum = Entries();
  if (i < width) {
    for (var t = group.y * params.height + local.y; t < end; t += LANES) {
      let at = t * width + i;
      if (SUMS == 1u) {
        sum += x[at];
      } else {
        sum = fma(upstream[at] * inverse[t], x[at], sum);
      }
    }
  }
  let slot = local.y * COLUMNS + local.x;
  partial[slot] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.y < half) {
      partial[slot] += partial[slot + half * COLUMNS];
    }
  }
  sum = partial[slot];
  if (local.y > 0u || i >= width) {
    return;
  }
  if (ADDED == 1u) {
    out[i] += sum;
  } else {
    out[group.y * width + i] = sum;
  }
}
