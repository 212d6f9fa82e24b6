// Minimum and maximum in two passes: every workgroup writes one (min, max) pair, then one workgroup reduces the pairs.
//
//   out[group] = (min x[i],  max x[i])     or, with PAIRS, of pairs (min, max)
// @use rows.wgsl
// @parameter PAIRS 0

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// @if PAIRS
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
// @else
@group(0) @binding(1) var<storage, read> x: array<Entries>;
// @end
@group(0) @binding(2) var<storage, read_write> out: array<vec2f>;

/// Minus the minimum, and the maximum.
alias Value = vec2f;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let stride = place.groups.x * THREADS;
  var found = vec2f(-3.4e38);
  for (var i = place.group.x * THREADS + place.thread; i < params.count / WIDE; i += stride) {
// @if PAIRS
    found = max(found, vec2f(-x[i].x, x[i].y));
// @else
    found = max(found, vec2f(max_of(-x[i]), max_of(x[i])));
// @end
  }
  let both = row_max(found, place);
  if (place.thread == 0u) {
    out[place.group.x] = vec2f(-both.x, both.y);
  }
}
