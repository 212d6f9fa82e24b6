// Reads the operands of a product, packed (bf16, f16) or not. With QUADS every stored row is whole quads, so that one vector
// load gives four entries. The kernel's Params state the stored shapes: a_lines rows of a_length entries, and b_lines of b_length.
//
//   a_at(line, at), b_at(line, at)          four entries of a row from `at` on, zeros outside (with DIRECT, never outside)
//   a_entry(line, at), b_entry(line, at)    one entry of a row
// @parameter A_DTYPE 0
// @parameter B_DTYPE 0
// @parameter QUADS 1

// @if QUADS
// @if A_DTYPE
@group(0) @binding(1) var<storage, read> a: array<vec2u>;

fn a_quad(i: u32) -> vec4f {
  let words = a[i / 4u];
  return vec4f(decode_pair(words.x, A_DTYPE), decode_pair(words.y, A_DTYPE));
}
// @else
@group(0) @binding(1) var<storage, read> a: array<vec4f>;

fn a_quad(i: u32) -> vec4f {
  return a[i / 4u];
}
// @end
// @if B_DTYPE
@group(0) @binding(2) var<storage, read> b: array<vec2u>;

fn b_quad(i: u32) -> vec4f {
  let words = b[i / 4u];
  return vec4f(decode_pair(words.x, B_DTYPE), decode_pair(words.y, B_DTYPE));
}
// @else
@group(0) @binding(2) var<storage, read> b: array<vec4f>;

fn b_quad(i: u32) -> vec4f {
  return b[i / 4u];
}
// @end

// @if DIRECT
fn a_at(line: u32, at: u32) -> vec4f {
  return a_quad(line * params.a_length + at);
}

fn b_at(line: u32, at: u32) -> vec4f {
  return b_quad(line * params.b_length + at);
}
// @else
fn a_at(line: u32, at: u32) -> vec4f {
  return select(vec4f(), a_quad(line * params.a_length + at), line < params.a_lines && at < params.a_length);
}

fn b_at(line: u32, at: u32) -> vec4f {
  return select(vec4f(), b_quad(line * params.b_length + at), line < params.b_lines && at < params.b_length);
}
// @end
// @else
// @if A_DTYPE
@group(0) @binding(1) var<storage, read> a: array<u32>;

fn a_entry(line: u32, at: u32) -> f32 {
  let i = line * params.a_length + at;
  return decode(a[i / 2u], i, A_DTYPE);
}
// @else
@group(0) @binding(1) var<storage, read> a: array<f32>;

fn a_entry(line: u32, at: u32) -> f32 {
  return a[line * params.a_length + at];
}
// @end
// @if B_DTYPE
@group(0) @binding(2) var<storage, read> b: array<u32>;

fn b_entry(line: u32, at: u32) -> f32 {
  let i = line * params.b_length + at;
  return decode(b[i / 2u], i, B_DTYPE);
}
// @else
@group(0) @binding(2) var<storage, read> b: array<f32>;

fn b_entry(line: u32, at: u32) -> f32 {
  return b[line * params.b_length + at];
}
// @end

/// Which of four entries from `at` on are inside a row of `length` entries.
fn inside(line: u32, lines: u32, at: u32, length: u32) -> vec4<bool> {
  return vec4u(at) + vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, length, line < lines));
}

fn a_at(line: u32, at: u32) -> vec4f {
  let entries = vec4f(a_entry(line, at), a_entry(line, at + 1u), a_entry(line, at + 2u), a_entry(line, at + 3u));
  return select(vec4f(), entries, inside(line, params.a_lines, at, params.a_length));
}

fn b_at(line: u32, at: u32) -> vec4f {
  let entries = vec4f(b_entry(line, at), b_entry(line, at + 1u), b_entry(line, at + 2u), b_entry(line, at + 3u));
  return select(vec4f(), entries, inside(line, params.b_lines, at, params.b_length));
}
// @end
