// Second part of the column half-step of Sinkhorn, and the marginal error before it.
//
//   L_j = LSE_i((f_i − M_ij) / ε)                    (from column_log_sum.wgsl)
//   error = Σ_j |exp(g_j / ε + L_j) − b|             (L1 distance of the plan's column sums from the marginal, before the step)
//   g_j ← damping·ε·(log b − L_j)                    (when update is 1; damping as in row_potential.wgsl)
//
// One workgroup is enough, because there are few columns compared with entries.

struct Params {
  columns: u32,
  epsilon: f32,
  log_marginal: f32,
  update: u32,
  damping: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> error: array<f32>;

const THREADS = 256u;
// Column sums of a start far from any plan may exceed f32; this keeps the error huge, not infinite.
const LARGEST_EXPONENT = 60.0;

var<workgroup> partial: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let marginal = exp(params.log_marginal);
  var sum = 0.0;
  for (var j = thread; j < params.columns; j += THREADS) {
    let log_sum = state[j] + log(state[params.columns + j]);
    sum += abs(exp(min(g[j] / params.epsilon + log_sum, LARGEST_EXPONENT)) - marginal);
    if (params.update == 1u) {
      g[j] = params.damping * params.epsilon * (params.log_marginal - log_sum);
    }
  }
  partial[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) {
      partial[thread] += partial[thread + half];
    }
    workgroupBarrier();
  }
  if (thread == 0u) {
    error[0] = partial[0];
  }
}
