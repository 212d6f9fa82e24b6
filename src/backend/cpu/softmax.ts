/** Softmax over the scores from `start` to `end` (exclusive) after the soft cap (0: none), in place; the others become 0. */
export function softmax(scores: Float64Array, start: number, end: number, cap: number): void {
  if (cap > 0) for (let s = start; s < end; s++) scores[s] = cap * Math.tanh(scores[s]! / cap);
  let most = -Infinity;
  for (let s = start; s < end; s++) most = Math.max(most, scores[s]!);
  let total = 0;
  for (let s = start; s < end; s++) {
    const weight = Math.exp(scores[s]! - most);
    scores[s] = weight;
    total += weight;
  }
  for (let s = start; s < end; s++) scores[s]! /= total;
  scores.fill(0, 0, start);
  scores.fill(0, end);
}
