// The product of at most ROWS rows with the stored rows of a weight, with the functions that tiles.wgsl wants. It reads every
// weight once, which takes all of the time. LANES neighbouring threads share four columns: each takes every LANES-th quad of
// the summed entries, and their sums are added at the end, with subgroups where the device has them and they are large enough.
// @parameter FEW_ROWS 0
// @parameter ROWS 1
// @parameter LANES 32
// @parameter SUBGROUPS 0
// @parameter SHARED 0

// @if FEW_ROWS
// @if SHARED
var<workgroup> partial: array<vec4f, 64>;
// @end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let lane = t % LANES;
  let column = params.first_column + 4u * (group.x * (64u / LANES) + t / LANES);
// @each r ROWS
  var sum{r} = vec4f();
// @end
  for (var k = 4u * lane; k < params.inner; k += 4u * LANES) {
    let weights = mat4x4f(right(column, k), right(column + 1u, k), right(column + 2u, k), right(column + 3u, k));
// @each r ROWS
    sum{r} += left(params.first_row + {r}u, k) * weights;
// @end
  }
// @each r ROWS
// @if SUBGROUPS
  for (var h = LANES / 2u; h > 0u; h /= 2u) {
    sum{r} += subgroupShuffleXor(sum{r}, h);
  }
// @end
// @if SHARED
  partial[t] = sum{r};
  workgroupBarrier();
  for (var h = LANES / 2u; h > 0u; h /= 2u) {
    if (lane < h) {
      partial[t] += partial[t + h];
    }
    workgroupBarrier();
  }
  sum{r} = partial[t];
// @end
  if (lane == 0u) {
    write(params.first_row + {r}u, column, sum{r});
  }
// @end
}
// @end
