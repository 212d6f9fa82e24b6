/** Smaller deviations, relative to the row's norm, are rounding errors: the neuron's activation is constant. */
const MIN_DEVIATION = 1e-6;

/**
 * Subtracts the mean from every row of activations and scales it to unit length, so that the inner product of two rows is
 * Pearson's correlation. Computes in float64. A constant row becomes zero: its cost to every other row is 1 (as if
 * uncorrelated), and 0 to another constant row.
 * @param values `[rows, tokens]`.
 * @returns undefined if a value is not finite.
 */
export function standardised(values: Float32Array, rows: number): Float32Array | undefined {
  const tokens = values.length / rows;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const of = values.subarray(row * tokens, (row + 1) * tokens);
    let [sum, squares, deviations] = [0, 0, 0];
    for (const value of of) sum += value;
    const mean = sum / tokens;
    for (const value of of) {
      squares += value * value;
      deviations += (value - mean) ** 2;
    }
    if (!Number.isFinite(deviations)) return undefined;
    const length = Math.sqrt(deviations);
    if (!(length > MIN_DEVIATION * Math.sqrt(squares))) continue;
    for (let t = 0; t < tokens; t++) result[row * tokens + t] = ((of[t] as number) - mean) / length;
  }
  return result;
}
