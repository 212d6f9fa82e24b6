// Reductions along rows. A workgroup takes ROWS rows, and LANES threads share a row. A thread reads a row by `Entries`: one
// entry, or with VECTOR four neighbouring ones, for which the width of a row must be a multiple of 4. The including file
// names the type `Value` that it reduces. With SUBGROUPS, a subgroup reduces its part without memory; a workgroup then
// takes one row, and its subgroups may have any size.
// @parameter LANES 8
// @parameter ROWS 8
// @parameter VECTOR 0
// @parameter SUBGROUPS 0
// @if SUBGROUPS
enable subgroups;
requires subgroup_id;
// @end
// @if VECTOR
alias Entries = vec4f;
alias Indices = vec4u;
const WIDE = 4u;
const OFFSETS = vec4u(0u, 1u, 2u, 3u);

fn sum_of(x: vec4f) -> f32 {
  return (x.x + x.y) + (x.z + x.w);
}

fn max_of(x: vec4f) -> f32 {
  return max(max(x.x, x.y), max(x.z, x.w));
}
// @else
alias Entries = f32;
alias Indices = u32;
const WIDE = 1u;
const OFFSETS = 0u;

fn sum_of(x: f32) -> f32 {
  return x;
}

fn max_of(x: f32) -> f32 {
  return x;
}
// @end

const THREADS = LANES * ROWS;
/// Partial results that each lane combines itself, because a few reads cost less than a barrier.
const LAST = min(LANES, 8u);

struct Place {
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
// @if SUBGROUPS
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
// @end
}

// @if SUBGROUPS
// A subgroup has at least four threads.
var<workgroup> partial: array<Value, THREADS / 4u>;
// @else
var<workgroup> partial: array<Value, THREADS>;
// @end

fn row_of(place: Place) -> u32 {
  return (place.group.y * place.groups.x + place.group.x) * ROWS + place.thread / LANES;
}

/// Returns the sum over the lanes of a row. Every thread of the workgroup must call it.
fn row_sum(value: Value, place: Place) -> Value {
// @if SUBGROUPS
  let part = subgroupAdd(value);
  // Wait until all threads have read the result of an earlier call.
  workgroupBarrier();
  if (subgroupElect()) {
    partial[place.subgroup] = part;
  }
  workgroupBarrier();
  var total = partial[0];
  for (var other = 1u; other < place.subgroups; other++) {
    total += partial[other];
  }
// @else
  let first = share(value, place);
  for (var half = LANES / 2u; half >= LAST; half /= 2u) {
    if (place.thread - first < half) {
      partial[place.thread] += partial[place.thread + half];
    }
    workgroupBarrier();
  }
  var total = partial[first];
  for (var lane = 1u; lane < LAST; lane++) {
    total += partial[first + lane];
  }
// @end
  return total;
}

/// Returns the maximum over the lanes of a row. Every thread of the workgroup must call it.
fn row_max(value: Value, place: Place) -> Value {
// @if SUBGROUPS
  let part = subgroupMax(value);
  workgroupBarrier();
  if (subgroupElect()) {
    partial[place.subgroup] = part;
  }
  workgroupBarrier();
  var largest = partial[0];
  for (var other = 1u; other < place.subgroups; other++) {
    largest = max(largest, partial[other]);
  }
// @else
  let first = share(value, place);
  for (var half = LANES / 2u; half >= LAST; half /= 2u) {
    if (place.thread - first < half) {
      partial[place.thread] = max(partial[place.thread], partial[place.thread + half]);
    }
    workgroupBarrier();
  }
  var largest = partial[first];
  for (var lane = 1u; lane < LAST; lane++) {
    largest = max(largest, partial[first + lane]);
  }
// @end
  return largest;
}

// @if SUBGROUPS
// @else
/// Shows every thread's value to the others, and returns the first thread of this row.
fn share(value: Value, place: Place) -> u32 {
  // Wait until all threads have read the result of an earlier call.
  workgroupBarrier();
  partial[place.thread] = value;
  workgroupBarrier();
  return place.thread / LANES * LANES;
}
// @end
