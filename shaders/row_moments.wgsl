// Mean and sum of squared deviations of every row of a cost matrix. The caller combines the rows.
//
//   out[i] = (μ_i,  Σ_j (M_ij − μ_i)²),  μ_i = Σ_j M_ij / m
//
// A second pass sums the deviations, because Σ M² − m·μ² would lose digits by cancellation.
// @use rows.wgsl

struct Params {
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<Entries>;
@group(0) @binding(2) var<storage, read_write> out: array<vec2f>;

alias Value = f32;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
  let row = row_of(place);
  let lane = place.thread % LANES;
  let columns = params.columns / WIDE;
  let start = row * columns;
  let end = select(0u, columns, row < params.rows);
  var sum = Entries();
  for (var j = lane; j < end; j += LANES) {
    sum += cost[start + j];
  }
  let mean = row_sum(sum_of(sum), place) / f32(params.columns);
  var squares = Entries();
  for (var j = lane; j < end; j += LANES) {
    let deviation = cost[start + j] - mean;
    squares = fma(deviation, deviation, squares);
  }
  let total = row_sum(sum_of(squares), place);
  if (lane == 0u && row < params.rows) {
    out[row] = vec2f(mean, total);
  }
}
