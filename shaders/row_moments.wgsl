// Mean of every row of a cost matrix and its squared deviations from it, eight lanes to a row. The caller joins the rows.
//
//   out[i] = (μ_i,  Σ_j (M_ij − μ_i)²),  μ_i = Σ_j M_ij / m
//
// Deviations are summed from the row's own mean in a second pass: Σ M² − m·μ² would cancel.

struct Params {
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

const ROWS = 8u;
const LANES = 8u;

var<workgroup> partial: array<f32, ROWS * LANES>;

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let start = row * params.columns;
  let first = local.y * LANES;
  let end = select(0u, params.columns, row < params.rows);
  var sum = 0.0;
  for (var j = local.x; j < end; j += LANES) {
    sum += cost[start + j];
  }
  partial[first + local.x] = sum;
  workgroupBarrier();
  var total = 0.0;
  for (var lane = 0u; lane < LANES; lane++) {
    total += partial[first + lane];
  }
  workgroupBarrier();
  let mean = total / f32(params.columns);
  var squares = 0.0;
  for (var j = local.x; j < end; j += LANES) {
    let deviation = cost[start + j] - mean;
    squares = fma(deviation, deviation, squares);
  }
  partial[first + local.x] = squares;
  workgroupBarrier();
  if (local.x > 0u || row >= params.rows) {
    return;
  }
  for (var lane = 1u; lane < LANES; lane++) {
    squares += partial[first + lane];
  }
  out[row * 2u] = mean;
  out[row * 2u + 1u] = squares;
}
