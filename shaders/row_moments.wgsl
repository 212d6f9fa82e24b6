// Mean and sum of squared deviations of every row of a cost matrix, with eight lanes per row. The caller combines the rows.
//
//   out[i] = (μ_i,  Σ_j (M_ij − μ_i)²),  μ_i = Σ_j M_ij / m
//
// A second pass sums the deviations, because Σ M² − m·μ² would lose digits by cancellation.
// @use row_sum.wgsl

struct Params {
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let start = row * params.columns;
  let end = select(0u, params.columns, row < params.rows);
  var sum = 0.0;
  for (var j = local.x; j < end; j += LANES) {
    sum += cost[start + j];
  }
  let mean = row_sum(sum, local) / f32(params.columns);
  var squares = 0.0;
  for (var j = local.x; j < end; j += LANES) {
    let deviation = cost[start + j] - mean;
    squares = fma(deviation, deviation, squares);
  }
  let total = row_sum(squares, local);
  if (local.x > 0u || row >= params.rows) {
    return;
  }
  out[row * 2u] = mean;
  out[row * 2u + 1u] = total;
}
