// A picture of a window of the cost or of the plan: a maximum and a mean for every pixel.
//
//   pixel (y, x) covers rows ⌊y·R/h⌋ … ⌈(y+1)·R/h⌉ and columns ⌊x·C/w⌋ … ⌈(x+1)·C/w⌉ of the R × C window
//   out[y, x] = (max, mean) over the entries covered; entries are ≥ 0
//
// For a difference of two matrices, max is the entry of largest magnitude, with its sign (the first of equals).
//
// One thread per pixel reads the rows of one band and adds them to the bands before.

struct Params {
  band_start: u32,
  band_rows: u32,
  columns: u32,
  row_start: u32,
  column_start: u32,
  window_rows: u32,
  window_columns: u32,
  height: u32,
  width: u32,
  is_plan: u32,
  epsilon: f32,
  is_difference: u32,
  other_is_plan: u32,
  other_epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read> other_cost: array<f32>;
@group(0) @binding(5) var<storage, read> other_f: array<f32>;
@group(0) @binding(6) var<storage, read> other_g: array<f32>;
@group(0) @binding(7) var<storage, read_write> out: array<f32>;

const LARGEST_EXPONENT = 60.0;

fn ceil_div(a: u32, b: u32) -> u32 {
  return (a + b - 1u) / b;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width || id.y >= params.height) {
    return;
  }
  let top = params.row_start + id.y * params.window_rows / params.height;
  let bottom = params.row_start + ceil_div((id.y + 1u) * params.window_rows, params.height);
  let left = params.column_start + id.x * params.window_columns / params.width;
  let right = params.column_start + ceil_div((id.x + 1u) * params.window_columns, params.width);
  var largest = 0.0;
  var sum = 0.0;
  for (var i = max(top, params.band_start); i < min(bottom, params.band_start + params.band_rows); i++) {
    for (var j = left; j < right; j++) {
      let entry = (i - params.band_start) * params.columns + j;
      var value = cost[entry];
      if (params.is_plan == 1u) {
        value = exp(min((f[i] + g[j] - value) / params.epsilon, LARGEST_EXPONENT));
      }
      if (params.is_difference == 1u) {
        var other = other_cost[entry];
        if (params.other_is_plan == 1u) {
          other = exp(min((other_f[i] + other_g[j] - other) / params.other_epsilon, LARGEST_EXPONENT));
        }
        value -= other;
      }
      largest = select(largest, value, abs(value) > abs(largest));
      sum += value;
    }
  }
  let at = 2u * (id.y * params.width + id.x);
  out[at] = select(out[at], largest, abs(largest) > abs(out[at]));
  out[at + 1u] += sum / f32((bottom - top) * (right - left));
}
