// First part of the column half-step of Sinkhorn: LSE_i((f_i − M_ij) / ε) for every column j, one band of rows at a time.
//
//   state[0, j] = max_i x_ij,   state[1, j] = Σ_i exp(x_ij − state[0, j]),   x_ij = (f_i − M_ij) / ε
// @use column_mass.wgsl

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;

@compute @workgroup_size(WIDTH, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = group.x * WIDTH + local.x;
  var mass = NO_MASS;
  if (column < params.columns) {
    mass = lane_mass(column, local.y);
  }
  masses[local.y * WIDTH + local.x] = mass;
  workgroupBarrier();
  if (local.y == 0u && column < params.columns) {
    _ = add_to_state(column, column_mass(local));
  }
}
