// The product of two matrices straight from memory. Each thread makes ROW_FOURS times four rows by COLUMN_QUADS quads of columns,
// and neighbouring threads share operands through the cache. For adapters where workgroup memory and barriers cost more than
// loads, as in software. A kernel that uses it has, besides what tiles.wgsl wants,
//
//   left_entry(line, at), right_entry(line, at)    one entry of a stored row, where rows are not whole quads
//
// With DIFFERENCES it sums squared differences and wants `write_squares` in place of `write`. With ZERO_ROWS it tells it the largest
// entries of the rows, which are 0 for rows of zeros.
//
// Threads at the edge repeat the last rows or columns instead of reading beyond them; `write` leaves these results out.
// @parameter DIRECT 0
// @parameter ZERO_ROWS 0

// @if DIRECT
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = params.first_row + id.y * 4u * ROW_FOURS;
  let column = params.first_column + id.x * 4u * COLUMN_QUADS;
  if (row >= params.end_row || column >= params.end_column) {
    return;
  }
  let last = params.inner - 1u;
  let last_row = params.end_row - 1u;
  let last_column = params.end_column - 1u;
// @each g ROW_FOURS
  let rows{g} = min(vec4u(row + 4u * {g}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last_row));
// @if ZERO_ROWS
  var left_sizes{g} = vec4f();
// @end
// @each i 4
// @each c COLUMN_QUADS
  var sum{g}_{i}_{c} = vec4f();
// @end
// @end
// @end
// @each c COLUMN_QUADS
  let columns{c} = min(vec4u(column + 4u * {c}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last_column));
// @if ZERO_ROWS
  var right_sizes{c} = vec4f();
// @end
// @end
// @if QUADS
  for (var k = 0u; k < params.inner; k += 4u) {
// @each g ROW_FOURS
// @each i 4
// @if LEFT_ALONG
    let a{g}_{i} = left(rows{g}[{i}], k);
// @if ZERO_ROWS
    left_sizes{g}[{i}] = max(left_sizes{g}[{i}], dot(abs(a{g}_{i}), vec4f(1.0)));
// @end
// @else
    let a{g}_{i} = select(vec4f(), left(min(k + {i}u, last), min(row + 4u * {g}u, last_row - 3u)), k + {i}u <= last);
// @end
// @end
// @end
// @each c COLUMN_QUADS
// @if RIGHT_ALONG
    let block{c} = transpose(mat4x4f(
      right(columns{c}.x, k),
      right(columns{c}.y, k),
      right(columns{c}.z, k),
      right(columns{c}.w, k),
    ));
// @end
// @end
// @each j 4
// @each c COLUMN_QUADS
// @if RIGHT_ALONG
    let b{c}_{j} = block{c}[{j}];
// @if ZERO_ROWS
    right_sizes{c} = max(right_sizes{c}, abs(b{c}_{j}));
// @end
// @else
    let b{c}_{j} = right(min(k + {j}u, last), min(column + 4u * {c}u, last_column - 3u));
// @end
// @each g ROW_FOURS
// @each i 4
// @if DIFFERENCES
    let d{g}_{i}_{c}_{j} = vec4f(a{g}_{i}[{j}]) - b{c}_{j};
    sum{g}_{i}_{c} = fma(d{g}_{i}_{c}_{j}, d{g}_{i}_{c}_{j}, sum{g}_{i}_{c});
// @else
// @if LEFT_ALONG
    sum{g}_{i}_{c} = fma(vec4f(a{g}_{i}[{j}]), b{c}_{j}, sum{g}_{i}_{c});
// @else
    sum{g}_{i}_{c} = fma(vec4f(a{g}_{j}[{i}]), b{c}_{j}, sum{g}_{i}_{c});
// @end
// @end
// @end
// @end
// @end
// @end
  }
// @else
  for (var k = 0u; k < params.inner; k++) {
// @each c COLUMN_QUADS
// @each j 4
// @if RIGHT_ALONG
    let b{c}_{j} = right_entry(columns{c}[{j}], k);
// @else
    let b{c}_{j} = right_entry(k, columns{c}[{j}]);
// @end
// @end
    let b{c} = vec4f(b{c}_0, b{c}_1, b{c}_2, b{c}_3);
// @if ZERO_ROWS
    right_sizes{c} = max(right_sizes{c}, abs(b{c}));
// @end
// @end
// @each g ROW_FOURS
// @each i 4
// @if LEFT_ALONG
    let a{g}_{i} = vec4f(left_entry(rows{g}[{i}], k));
// @else
    let a{g}_{i} = vec4f(left_entry(k, rows{g}[{i}]));
// @end
// @if ZERO_ROWS
    left_sizes{g}[{i}] = max(left_sizes{g}[{i}], abs(a{g}_{i}.x));
// @end
// @each c COLUMN_QUADS
// @if DIFFERENCES
    let d{g}_{i}_{c} = a{g}_{i} - b{c};
    sum{g}_{i}_{c} = fma(d{g}_{i}_{c}, d{g}_{i}_{c}, sum{g}_{i}_{c});
// @else
    sum{g}_{i}_{c} = fma(a{g}_{i}, b{c}, sum{g}_{i}_{c});
// @end
// @end
// @end
// @end
  }
// @end
// @each g ROW_FOURS
// @each i 4
// @each c COLUMN_QUADS
// @if ZERO_ROWS
  write_squares(row + 4u * {g}u + {i}u, column + 4u * {c}u, sum{g}_{i}_{c}, left_sizes{g}[{i}], right_sizes{c});
// @else
// @if DIFFERENCES
  write_squares(row + 4u * {g}u + {i}u, column + 4u * {c}u, sum{g}_{i}_{c}, 1.0, vec4f(1.0));
// @else
  write(row + 4u * {g}u + {i}u, column + 4u * {c}u, sum{g}_{i}_{c});
// @end
// @end
// @end
// @end
// @end
}
// @end
