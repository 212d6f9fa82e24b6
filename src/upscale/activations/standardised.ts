/** A deviation this small against the row's own size is rounding: the neuron says the same of every token. */
const MIN_DEVIATION = 1e-6;

/**
 * Rows of activations less their mean over the tokens, at unit length, so that the inner product of two is Pearson's
 * correlation. In float64 throughout. A row that does not vary has no correlation with any: it becomes zero, which is at
 * cost 1 from every other row (as from an uncorrelated one) and 0 from another of its kind.
 * @param values `[rows, tokens]`.
 * @returns undefined where a value is not finite.
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
