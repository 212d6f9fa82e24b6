/**
 * Returns the sum over rows of KL(p ‖ q) in nats, where p and q are the softmax of the rows of two `[rows, V]` matrices of
 * logits. Computed in float64 as Σ p·((x − y) − (log Z_p − log Z_q)), which is exactly 0 for equal logits.
 */
export function sumOfDivergences(p: Float32Array, q: Float32Array, rows: number): number {
  const width = p.length / rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const x = p.subarray(row * width, (row + 1) * width);
    const y = q.subarray(row * width, (row + 1) * width);
    const logP = logSumExp(x);
    const logRatio = logP - logSumExp(y);
    let divergence = 0;
    for (let i = 0; i < width; i++) {
      const logit = x[i] as number;
      divergence += Math.exp(logit - logP) * (logit - (y[i] as number) - logRatio);
    }
    // Rounding may make a divergence of 0 slightly negative.
    sum += Math.max(0, divergence);
  }
  return sum;
}

function logSumExp(values: Float32Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
