// Sum of squares in two passes: every workgroup writes one sum, then one workgroup adds the sums.
//
//   out[group] = Σ x[i]²     or, with SUMS, Σ x[i]
// @use rows.wgsl

struct Params {
  count: u32,
}

override SUMS: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Entries>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let stride = place.groups.x * THREADS;
  var sum = Entries();
  for (var i = place.group.x * THREADS + place.thread; i < params.count / WIDE; i += stride) {
    sum = fma(x[i], select(x[i], Entries(1.0), SUMS == 1u), sum);
  }
  let total = row_sum(sum_of(sum), place);
  if (place.thread == 0u) {
    out[place.group.x] = total;
  }
}
