import { attentionGradientSizes } from '../checks/gradients';
import type { AttentionPass, AttentionShape, Tensor } from '../operations';
import { gemm } from './gemm';
import { softmax } from './softmax';
import type { Store } from './storage';

/** Queries whose probabilities are in memory at a time. */
const CHUNK = 32;

/**
 * With scores S = scale·QKᵀ, probabilities P, and U the derivative by the output O = PV: dV = PᵀU, dS = P∘(UVᵀ − rowsum(U∘O)),
 * dQ = scale·dS·K, dK = scale·dSᵀ·Q (Dao et al. 2022, section 3.2 and appendix B.2). A soft cap c of the scores multiplies dS by
 * 1 − (capped/c)².
 */
export function attentionGradient(
  store: Store,
  pass: AttentionPass,
  shape: AttentionShape,
): { q: Tensor; k: Tensor; v: Tensor } {
  const { q, k, v, out, upstream } = pass;
  store.check(q, k, v, out, upstream);
  const { queries, windows, scale, span, cap } = attentionGradientSizes(pass, shape);
  const { heads, kvHeads, headDim } = shape;
  const [query, key, value] = [store.asFloat64(q), store.asFloat64(k), store.asFloat64(v)];
  const [outcome, slope] = [store.asFloat64(out), store.asFloat64(upstream)];
  const result = store.zerosEach({ q: q.shape, k: k.shape, v: v.shape }, 'gradient');
  const [ofQuery, ofKey, ofValue] = [store.target(result.q), store.target(result.k), store.target(result.v)];
  const width = heads * headDim;
  const sharedWidth = kvHeads * headDim;
  const probabilities = new Float64Array(Math.min(CHUNK, queries) * queries);
  const slopes = new Float64Array(probabilities.length);
  for (let part = 0; part < heads * windows; part++) {
    const head = part % heads;
    const base = Math.floor(part / heads) * queries;
    const shared = base * sharedWidth + Math.floor((head * kvHeads) / heads) * headDim;
    for (let first = 0; first < queries; first += CHUNK) {
      const rows = Math.min(CHUNK, queries - first);
      const seen = first + rows;
      const at = (base + first) * width + head * headDim;
      const across = (values: Float64Array) => ({ values, start: at, row: width, column: 1 });
      const down = (values: Float64Array) => ({ values, start: at, row: 1, column: width });
      const keysAcross = { values: key, start: shared, row: sharedWidth, column: 1 };
      const keysDown = { values: key, start: shared, row: 1, column: sharedWidth };
      const valuesAcross = { values: value, start: shared, row: sharedWidth, column: 1 };
      probabilities.fill(0, 0, rows * seen);
      slopes.fill(0, 0, rows * seen);
      gemm(probabilities, 0, seen, across(query), keysAcross, rows, seen, headDim, scale);
      gemm(slopes, 0, seen, across(slope), valuesAcross, rows, seen, headDim);
      for (let t = 0; t < rows; t++) {
        const from = at + t * width;
        let along = 0;
        for (let d = 0; d < headDim; d++) along += slope[from + d]! * outcome[from + d]!;
        const row = probabilities.subarray(t * seen, (t + 1) * seen);
        const end = first + t + 1;
        const ofCap = cap > 0 ? row.map((score) => 1 - Math.tanh(score / cap) ** 2) : undefined;
        softmax(row, Math.max(0, end - span), end, cap);
        for (let s = 0; s < seen; s++) {
          const cell = t * seen + s;
          const share = row[s]!;
          slopes[cell] = share === 0 ? 0 : share * (slopes[cell]! - along) * (ofCap?.[s] ?? 1);
        }
      }
      const weight = { values: probabilities, start: 0, row: 1, column: seen };
      const change = { values: slopes, start: 0, row: seen, column: 1 };
      const changeDown = { values: slopes, start: 0, row: 1, column: seen };
      gemm(ofValue, shared, sharedWidth, weight, down(slope), seen, headDim, rows);
      gemm(ofQuery, at, width, change, keysDown, rows, headDim, seen, scale);
      gemm(ofKey, shared, sharedWidth, changeDown, down(query), seen, headDim, rows, scale);
    }
  }
  return result;
}
