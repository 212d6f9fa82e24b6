import type { ColourScale } from '../drawing/colours';

/** Scale of losses, from 0 to that of a uniform guess. It is the same for all texts, so that they can be compared. */
export function lossScale(vocabSize: number): ColourScale {
  return { kind: 'linear', map: 'viridis', low: 0, high: Math.log(Math.max(2, vocabSize)) };
}

/** Minimum limit of the scale in nats, so that rounding errors do not fill it. */
const MIN_LIMIT = 0.01;

/** Scale of differences of losses, symmetric, up to the largest magnitude. */
export function differenceScale(differences: readonly Float32Array[]): ColourScale {
  let largest = MIN_LIMIT;
  for (const values of differences) for (const value of values) largest = Math.max(largest, Math.abs(value));
  return { kind: 'linear', map: 'diverging', low: -largest, high: largest };
}

/** Differences token by token. Undefined if the lengths differ. */
export function lossDifference(nll: Float32Array, first: Float32Array): Float32Array | undefined {
  return nll.length === first.length ? nll.map((value, i) => value - (first[i] ?? 0)) : undefined;
}

export function meanLoss(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
