import { EvaluationError } from './errors';

/** A token and its probability. */
export interface TokenProbability {
  readonly id: number;
  readonly probability: number;
}

/** The softmax of one row of logits. */
interface Softmax {
  probability(id: number): number;
  /** Returns the `count` most probable tokens; of equals, the lower id first. */
  top(count: number): TokenProbability[];
}

/**
 * Computes the softmax of logits `[vocabulary]` in float64, and its entropy in nats.
 * @throws EvaluationError if a logit is NaN, or the largest is not finite.
 */
export function distribution(logits: Float32Array): { softmax: Softmax; entropy: number } {
  let largest = -Infinity;
  for (const [id, logit] of logits.entries()) {
    if (Number.isNaN(logit)) throw unusable(`a number as the logit of token ${id}`, logit);
    largest = Math.max(largest, logit);
  }
  if (!Number.isFinite(largest)) throw unusable('a finite largest logit', largest);
  const shares = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const probability = (id: number): number => (shares[id] ?? 0) / total;
  // −Σ p·log p with log p = logit − largest − log total; terms with p = 0 are 0.
  let weighted = 0;
  for (const [id, share] of shares.entries())
    if (share > 0) weighted += share * ((logits[id] ?? 0) - largest);
  const entropy = Math.max(0, Math.log(total) - weighted / total);
  const top = (count: number): TokenProbability[] => {
    const order = Uint32Array.from(logits.keys()).sort(
      (a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b,
    );
    return Array.from(order.subarray(0, count), (id) => ({ id, probability: probability(id) }));
  };
  return { softmax: { probability, top }, entropy };
}

const unusable = (expected: string, got: number): EvaluationError =>
  new EvaluationError(`Expected ${expected}, got ${got}. Check the model's weights, or try the CPU backend.`);
