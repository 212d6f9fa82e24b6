// C = A·B, A·Bᵀ or Aᵀ·B; optionally + bias, optionally added to the old C.
//
//   C[r, c] = Σ_k A[r, k] · B[k, c]    as the operands are stored, or the stored rows of Aᵀ or Bᵀ
//
// Operands may be packed (see decode.wgsl). C may be some columns of a wider matrix. WIDE is 1 where its rows and theirs are
// whole quads. Which way the sums are formed, by tiles, straight from memory or with threads along the sum, is chosen by what
// is fastest on the device.
// @use decode.wgsl
// @use operands.wgsl
// @use tiles.wgsl
// @use direct.wgsl
// @use few_rows.wgsl
// @parameter WIDE 1
// @if SUBGROUPS
enable subgroups;
// @end

struct Params {
  first_row: u32,
  end_row: u32,
  first_column: u32,
  end_column: u32,
  inner: u32,
  a_lines: u32,
  a_length: u32,
  b_lines: u32,
  b_length: u32,
  out_stride: u32,
  out_offset: u32,
  has_bias: u32,
  bias_dtype: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
// @if WIDE
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;
// @else
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
// @end

fn left(line: u32, at: u32) -> vec4f {
  return a_at(line, at);
}

fn right(line: u32, at: u32) -> vec4f {
  return b_at(line, at);
}

// @if QUADS
// @else
fn left_entry(line: u32, at: u32) -> f32 {
  return a_entry(line, at);
}

fn right_entry(line: u32, at: u32) -> f32 {
  return b_entry(line, at);
}
// @end

fn write(row: u32, column: u32, sums: vec4f) {
  if (row >= params.end_row || column >= params.end_column) {
    return;
  }
  var values = sums;
  if (params.has_bias == 1u) {
    // In a loop, because this text is repeated for each quad of a thread's sums.
    for (var c = 0u; c < 4u; c++) {
      let i = column + c;
      values[c] += decode(bias[word_of(i, params.bias_dtype)], i, params.bias_dtype);
    }
  }
  let at = row * params.out_stride + params.out_offset + column;
// @if WIDE
  if (params.accumulate == 1u) {
    values += out[at / 4u];
  }
  out[at / 4u] = values;
// @else
  for (var c = 0u; c < min(4u, params.end_column - column); c++) {
    out[at + c] = values[c] + select(0.0, out[at + c], params.accumulate == 1u);
  }
// @end
}
