/** Measures of activations in host memory, `[tokens, width]` row-major. Computed in float64. */

/** Means over tokens of ‖y_t − x_t‖/‖x_t‖ and of the cosine of x_t and y_t. A zero vector counts as unchanged. */
export function residualChange(
  x: Float32Array,
  y: Float32Array,
  tokens: number,
): { change: number; cosine: number } {
  const width = x.length / tokens;
  let change = 0;
  let cosine = 0;
  for (let token = 0; token < tokens; token++) {
    let [inner, input, output, difference] = [0, 0, 0, 0];
    for (let i = token * width; i < (token + 1) * width; i++) {
      const [before, after] = [x[i] as number, y[i] as number];
      inner += before * after;
      input += before * before;
      output += after * after;
      difference += (after - before) ** 2;
    }
    change += input > 0 ? Math.sqrt(difference / input) : 0;
    cosine += input > 0 && output > 0 ? inner / Math.sqrt(input * output) : 1;
  }
  return { change: change / tokens, cosine: cosine / tokens };
}

/**
 * Gram matrix of the tokens with every feature centred, scaled to Frobenius norm 1 (or 0). The inner product of two such
 * matrices is their linear CKA.
 */
export function centredGram(x: Float32Array, tokens: number): Float64Array {
  const width = x.length / tokens;
  const centred = Float64Array.from(x);
  for (let i = 0; i < width; i++) {
    let mean = 0;
    for (let token = 0; token < tokens; token++) mean += (x[token * width + i] as number) / tokens;
    for (let token = 0; token < tokens; token++) (centred[token * width + i] as number) -= mean;
  }
  const gram = new Float64Array(tokens * tokens);
  let squares = 0;
  for (let a = 0; a < tokens; a++) {
    for (let b = 0; b <= a; b++) {
      let inner = 0;
      for (let i = 0; i < width; i++)
        inner += (centred[a * width + i] as number) * (centred[b * width + i] as number);
      gram[a * tokens + b] = inner;
      gram[b * tokens + a] = inner;
      squares += (a === b ? 1 : 2) * inner * inner;
    }
  }
  const length = Math.sqrt(squares);
  return length > 0 ? gram.map((value) => value / length) : gram;
}

/**
 * Linear centred kernel alignment of two sets of activations on the same tokens (Kornblith et al. 2019), from their
 * `centredGram`: 1 if they are equal up to rotation and scale.
 */
export function linearCka(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
