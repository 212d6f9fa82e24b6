/** Comparison of two aligned rows of weights. */
export interface StripeValues {
  readonly difference: Float32Array;
  /** The largest magnitude in both rows, which takes the full colour. */
  readonly limit: number;
  /** The input where the rows differ most. */
  readonly furthest: number;
  /** NaN if a row is zero. */
  readonly cosine: number;
}

export function stripeValues(a: Float32Array, b: Float32Array): StripeValues {
  const difference = a.map((weight, i) => weight - (b[i] ?? Number.NaN));
  let [limit, furthest, ab, aa, bb] = [0, 0, 0, 0, 0];
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? Number.NaN;
    limit = Math.max(limit, Math.abs(x), Math.abs(y));
    if (Math.abs(difference[i] ?? 0) > Math.abs(difference[furthest] ?? 0)) furthest = i;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return { difference, limit, furthest, cosine: ab / Math.sqrt(aa * bb) };
}

/**
 * Pools weights to at most `pixels` values. Of the weights that share a pixel it keeps the one of largest magnitude, with
 * its sign.
 */
export function poolWeights(weights: Float32Array, pixels: number): Float32Array {
  if (weights.length <= pixels) return weights;
  const pooled = new Float32Array(pixels);
  for (const [i, weight] of weights.entries()) {
    const pixel = Math.floor((i * pixels) / weights.length);
    if (Math.abs(weight) > Math.abs(pooled[pixel] ?? 0)) pooled[pixel] = weight;
  }
  return pooled;
}
