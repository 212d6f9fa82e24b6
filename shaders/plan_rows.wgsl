// Measures of each row of the plan. Its entries are computed from cost and potentials and never stored.
//
//   T_ij = exp(x_ij),  x_ij = (f_i + g_j − M_ij) / ε,  p_j = T_ij / Σ_j T_ij
//   out[i] = (Σ_j T_ij,  −Σ_j p_j·log p_j,  Σ_j T_ij·G_ij,  argmax_j T_ij,  max_j x_ij)
//
// G is M, or the original cost if the plan was solved on moved points.
//
// With m the running maximum, s = Σ e^(x−m) and t = Σ e^(x−m)·(x−m), the entropy is log s − t/s, which is defined even if
// the row's mass underflows. Plan perplexity is exp of the mean of these entropies.

struct Params {
  row_start: u32,
  rows: u32,
  columns: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cost: array<f32>;
@group(0) @binding(2) var<storage, read> ground: array<f32>;
@group(0) @binding(3) var<storage, read> f: array<f32>;
@group(0) @binding(4) var<storage, read> g: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

const ROWS = 8u;
const LANES = 8u;
const LOWEST = -3.4e38;
const LARGEST_EXPONENT = 60.0;

/// Sums over some entries of a row, all scaled by exp(−maximum).
struct Row {
  maximum: f32,
  sum: f32,
  log_sum: f32,
  cost: f32,
  argmax: u32,
}

var<workgroup> rows: array<Row, ROWS * LANES>;

fn combine(a: Row, b: Row) -> Row {
  let m = max(a.maximum, b.maximum);
  let da = a.maximum - m;
  let db = b.maximum - m;
  let ea = exp(da);
  let eb = exp(db);
  // A thread without entries has sum 0 and maximum −3.4e38; the formula would give −∞·0 for it.
  let ta = select(0.0, ea * (a.log_sum + da * a.sum), a.sum > 0.0);
  let tb = select(0.0, eb * (b.log_sum + db * b.sum), b.sum > 0.0);
  let first = a.maximum > b.maximum || (a.maximum == b.maximum && a.argmax < b.argmax);
  return Row(m, ea * a.sum + eb * b.sum, ta + tb, ea * a.cost + eb * b.cost, select(b.argmax, a.argmax, first));
}

@compute @workgroup_size(LANES, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = (group.y * groups.x + group.x) * ROWS + local.y;
  let slot = local.y * LANES + local.x;
  var own = Row(LOWEST, 0.0, 0.0, 0.0, 0xffffffffu);
  if (row < params.rows) {
    let f_row = f[params.row_start + row];
    for (var j = local.x; j < params.columns; j += LANES) {
      let at = row * params.columns + j;
      own = combine(own, Row((f_row + g[j] - cost[at]) / params.epsilon, 1.0, 0.0, ground[at], j));
    }
  }
  rows[slot] = own;
  workgroupBarrier();
  if (local.x > 0u || row >= params.rows) {
    return;
  }
  for (var lane = 1u; lane < LANES; lane++) {
    own = combine(own, rows[slot + lane]);
  }
  let scale = exp(min(own.maximum, LARGEST_EXPONENT));
  out[row * 5u] = own.sum * scale;
  out[row * 5u + 1u] = max(0.0, log(own.sum) - own.log_sum / own.sum);
  out[row * 5u + 2u] = own.cost * scale;
  out[row * 5u + 3u] = f32(own.argmax);
  out[row * 5u + 4u] = own.maximum;
}
