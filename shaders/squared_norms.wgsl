// Sums of squares of several tensors, in two passes: every workgroup writes one sum for each tensor, then `partial_sums` adds them.
//
//   out[row + t][group] = Σ x_t[i]²     over the entries i of the workgroup

// Number of tensors.
// @parameter TENSORS 1

struct Params {
  // Row of the first tensor.
  row: u32,
  // @each t TENSORS
  count_{t}: u32,
  // @end
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
// @each t TENSORS
@group(0) @binding(1{t}) var<storage, read> x_{t}: array<f32>;
// @end

// @use rows.wgsl
// @parameter LANES 64
// @parameter ROWS 1

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let first = place.group.x * THREADS + place.thread;
  let stride = place.groups.x * THREADS;
  // @each t TENSORS
  var sum_{t} = 0.0;
  for (var i = first; i < params.count_{t}; i += stride) {
    sum_{t} = fma(x_{t}[i], x_{t}[i], sum_{t});
  }
  sum_{t} = row_sum(sum_{t}, place);
  if (place.thread == 0u) {
    out[(params.row + {t}u) * place.groups.x + place.group.x] = sum_{t};
  }
  // @end
}
