import type { ColourScale } from '../drawing/colours';

/** Losses from 0 to that of a guess among all tokens: one range for all texts, so that they can be compared. */
export function lossScale(vocabSize: number): ColourScale {
  return { kind: 'linear', map: 'viridis', low: 0, high: Math.log(Math.max(2, vocabSize)) };
}

/** Differences smaller than this are rounding, and would fill the whole range otherwise. */
const LEAST = 0.01;

/** Differences of losses, as far as the largest goes either way. */
export function differenceScale(differences: readonly Float32Array[]): ColourScale {
  let largest = LEAST;
  for (const values of differences) for (const value of values) largest = Math.max(largest, Math.abs(value));
  return { kind: 'linear', map: 'diverging', low: -largest, high: largest };
}

/** Token by token; undefined where the texts are not the same. */
export function difference(nll: Float32Array, first: Float32Array): Float32Array | undefined {
  return nll.length === first.length ? nll.map((value, i) => value - (first[i] ?? 0)) : undefined;
}

export function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
