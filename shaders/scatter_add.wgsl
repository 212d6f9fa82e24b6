// Adds rows to rows of a table, chosen by an index. One thread per column, so that rows with equal index are added in order.
//
//   out[index[r] − offset, c] += x[r, c]     where that row is in `out`

struct Params {
  count: u32,
  columns: u32,
  out_rows: u32,
  offset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.columns) {
    return;
  }
  for (var r = 0u; r < params.count; r++) {
    // An index below the offset wraps around to a value beyond the last row.
    let row = index[r] - params.offset;
    if (row < params.out_rows) {
      out[row * params.columns + c] += x[r * params.columns + c];
    }
  }
}
