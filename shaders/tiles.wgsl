// The product of two matrices by tiles. A kernel that uses it has a uniform `params` with first_row, first_column and inner
// (the number of summed entries), and the functions
//
//   left(line, at), right(line, at)    four entries of a stored row of an operand from `at` on, zeros outside
//   write(row, column, sums)           takes four neighbouring entries of the result
//
// With DIFFERENCES the sums are taken twice where they must be: of products, and if one of the tile's results cancels, of squared
// differences. In place of `write` it wants
//
//   write_products(row, column, dots, size, sizes)       takes products, and the sums of squares of the rows that made them;
//                                                        returns true if one of the results cancels
//   write_squares(row, column, squares, size, sizes)     takes sums of squared differences, for results that cancelled
//
// A workgroup makes BM × BN entries of the result. It stages BK columns of the left operand, transposed, and BK rows of the
// right one in workgroup memory; each thread keeps its sums in registers: ROW_FOURS times four rows, the fours 4·TY apart,
// by COLUMN_QUADS quads of columns that lie TX quads apart, so that neighbouring threads read neighbouring words.
// LEFT_ALONG and RIGHT_ALONG are 1 where the operand's stored rows run along the summed entries, else 0.
// @parameter TILED 1
// @parameter LEFT_ALONG 1
// @parameter RIGHT_ALONG 0
// @parameter BM 32
// @parameter BN 32
// @parameter BK 16
// A thread's rows in fours and its columns in quads; threads along the columns and the rows of a tile, and in all.
// @parameter ROW_FOURS 1
// @parameter COLUMN_QUADS 1
// @parameter TX 8
// @parameter TY 8
// @parameter THREADS 64
// Quads of a tile, and where a tile is transposed 4 × 4 blocks of it, that a thread stages.
// @parameter LEFT_LOADS 2
// @parameter RIGHT_LOADS 2
// Words from one row of a staged tile to the next; more than its width, so that transposed writes go to different banks.
// @parameter LEFT_STRIDE 36
// @parameter RIGHT_STRIDE 32
// @parameter DIFFERENCES 0

// @if TILED
var<workgroup> left_tile: array<f32, BK * LEFT_STRIDE>;
var<workgroup> right_tile: array<vec4f, BK * RIGHT_STRIDE / 4u>;
// @if DIFFERENCES
/// Sums of squares of the tile's rows of the left operand, then of its columns of the right one.
var<workgroup> sizes: array<f32, BM + BN>;
var<workgroup> cancelled: atomic<u32>;
var<workgroup> repeats: u32;

fn add_squares(t: u32) {
  for (var e = t; e < BM + BN; e += THREADS) {
    var sum = sizes[e];
    for (var k = 0u; k < BK; k++) {
      var entry = 0.0;
      if (e < BM) {
        entry = left_tile[k * LEFT_STRIDE + e];
      } else {
        entry = right_tile[k * (RIGHT_STRIDE / 4u) + (e - BM) / 4u][(e - BM) % 4u];
      }
      sum = fma(entry, entry, sum);
    }
    sizes[e] = sum;
  }
}

fn right_sizes(quad: u32) -> vec4f {
  let at = BM + 4u * quad;
  return vec4f(sizes[at], sizes[at + 1u], sizes[at + 2u], sizes[at + 3u]);
}
// @end

fn stage(t: u32, row: u32, column: u32, k0: u32) {
// @each q LEFT_LOADS
  {
    let e = t + {q}u * THREADS;
// @if LEFT_ALONG
    let k = e % (BK / 4u) * 4u;
    let r = e / (BK / 4u);
    let quad = left(row + r, k0 + k);
    let at = k * LEFT_STRIDE + r;
    left_tile[at] = quad.x;
    left_tile[at + LEFT_STRIDE] = quad.y;
    left_tile[at + 2u * LEFT_STRIDE] = quad.z;
    left_tile[at + 3u * LEFT_STRIDE] = quad.w;
// @else
    let r = e % (BM / 4u) * 4u;
    let k = e / (BM / 4u);
    let quad = left(k0 + k, row + r);
    let at = k * LEFT_STRIDE + r;
    left_tile[at] = quad.x;
    left_tile[at + 1u] = quad.y;
    left_tile[at + 2u] = quad.z;
    left_tile[at + 3u] = quad.w;
// @end
  }
// @end
// @each q RIGHT_LOADS
  {
    let e = t + {q}u * THREADS;
// @if RIGHT_ALONG
    if (e < BK * BN / 16u) {
      let k = e % (BK / 4u) * 4u;
      let c = e / (BK / 4u);
      let block = transpose(mat4x4f(
        right(column + 4u * c, k0 + k),
        right(column + 4u * c + 1u, k0 + k),
        right(column + 4u * c + 2u, k0 + k),
        right(column + 4u * c + 3u, k0 + k),
      ));
      let at = k * (RIGHT_STRIDE / 4u) + c;
      right_tile[at] = block[0];
      right_tile[at + RIGHT_STRIDE / 4u] = block[1];
      right_tile[at + 2u * (RIGHT_STRIDE / 4u)] = block[2];
      right_tile[at + 3u * (RIGHT_STRIDE / 4u)] = block[3];
    }
// @else
    let c = e % (BN / 4u);
    let k = e / (BN / 4u);
    right_tile[k * (RIGHT_STRIDE / 4u) + c] = right(k0 + k, column + 4u * c);
// @end
  }
// @end
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let x = t % TX;
  let y = t / TX;
  let row = params.first_row + group.y * BM;
  let column = params.first_column + group.x * BN;
// @each g ROW_FOURS
// @each i 4
// @each c COLUMN_QUADS
  var sum{g}_{i}_{c} = vec4f();
// @end
// @end
// @end
  for (var k0 = 0u; k0 < params.inner; k0 += BK) {
    stage(t, row, column, k0);
    workgroupBarrier();
// @if DIFFERENCES
    add_squares(t);
// @end
    for (var k = 0u; k < BK; k++) {
      let l = k * LEFT_STRIDE + 4u * y;
      let r = k * (RIGHT_STRIDE / 4u) + x;
// @each c COLUMN_QUADS
      let b{c} = right_tile[r + {c}u * TX];
// @end
// @each g ROW_FOURS
// @each i 4
      let a{g}_{i} = vec4f(left_tile[l + {g}u * 4u * TY + {i}u]);
// @each c COLUMN_QUADS
      sum{g}_{i}_{c} = fma(a{g}_{i}, b{c}, sum{g}_{i}_{c});
// @end
// @end
// @end
    }
    workgroupBarrier();
  }
// @if DIFFERENCES
  var cancels = false;
// @each g ROW_FOURS
// @each i 4
// @each c COLUMN_QUADS
  {
    let r = 4u * (y + {g}u * TY) + {i}u;
    let quad = x + {c}u * TX;
    cancels = write_products(row + r, column + 4u * quad, sum{g}_{i}_{c}, sizes[r], right_sizes(quad)) || cancels;
    sum{g}_{i}_{c} = vec4f();
  }
// @end
// @end
// @end
  if (cancels) {
    atomicStore(&cancelled, 1u);
  }
  workgroupBarrier();
  if (t == 0u) {
    repeats = atomicLoad(&cancelled);
  }
  if (workgroupUniformLoad(&repeats) == 0u) {
    return;
  }
  for (var k0 = 0u; k0 < params.inner; k0 += BK) {
    stage(t, row, column, k0);
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let l = k * LEFT_STRIDE + 4u * y;
      let r = k * (RIGHT_STRIDE / 4u) + x;
// @each c COLUMN_QUADS
      let b{c} = right_tile[r + {c}u * TX];
// @end
// @each g ROW_FOURS
// @each i 4
      let a{g}_{i} = vec4f(left_tile[l + {g}u * 4u * TY + {i}u]);
// @each c COLUMN_QUADS
      let d{g}_{i}_{c} = a{g}_{i} - b{c};
      sum{g}_{i}_{c} = fma(d{g}_{i}_{c}, d{g}_{i}_{c}, sum{g}_{i}_{c});
// @end
// @end
// @end
    }
    workgroupBarrier();
  }
// @each g ROW_FOURS
// @each i 4
// @each c COLUMN_QUADS
  {
    let r = 4u * (y + {g}u * TY) + {i}u;
    let quad = x + {c}u * TX;
    write_squares(row + r, column + 4u * quad, sum{g}_{i}_{c}, sizes[r], right_sizes(quad));
  }
// @end
// @end
// @end
// @else
// @each g ROW_FOURS
// @each i 4
// @each c COLUMN_QUADS
  write(row + 4u * (y + {g}u * TY) + {i}u, column + 4u * (x + {c}u * TX), sum{g}_{i}_{c});
// @end
// @end
// @end
// @end
}
// @end
