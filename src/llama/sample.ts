import { EvaluationError } from './errors';

export interface SampleOptions {
  /** Divides the logits. 0 selects the largest logit (the first of equals). */
  readonly temperature: number;
  /** Samples from the smallest set of most probable tokens whose total probability reaches this, 0 … 1. */
  readonly topP: number;
}

/**
 * Samples one token from logits.
 * @throws EvaluationError if a logit is NaN or the largest is not finite.
 */
export function sample(logits: Float32Array, options: SampleOptions, random: () => number): number {
  const best = argmax(logits);
  if (options.temperature === 0) return best;
  const { ids, weights } = nucleus(logits, options);
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return ids[i] ?? best;
  }
  return ids.at(-1) ?? best;
}

/**
 * Returns the tokens within `topP` with their probabilities at `temperature` > 0 (not renormalised), the most probable first;
 * of equals, the lower id first. Returns at least one token.
 */
export function nucleus(
  logits: Float32Array,
  { temperature, topP }: SampleOptions,
): { ids: number[]; weights: number[] } {
  const top = logits[argmax(logits)] ?? 0;
  const probabilities = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const total = probabilities.reduce((sum, value) => sum + value, 0);
  const probability = (id: number): number => (probabilities[id] ?? 0) / total;
  const order = Uint32Array.from(logits.keys()).sort((a, b) => probability(b) - probability(a) || a - b);
  const ids: number[] = [];
  const weights: number[] = [];
  let mass = 0;
  for (const id of order) {
    ids.push(id);
    weights.push(probability(id));
    mass += probability(id);
    if (mass >= topP) break;
  }
  return { ids, weights };
}

function argmax(logits: Float32Array): number {
  let best = -1;
  let value = -Infinity;
  for (const [id, logit] of logits.entries()) {
    if (Number.isNaN(logit)) {
      throw new EvaluationError(
        `Expected a number as the logit of token ${id}, got NaN. Check the model's weights, or try the CPU backend.`,
      );
    }
    if (logit > value) {
      best = id;
      value = logit;
    }
  }
  if (value === -Infinity || value === Infinity) {
    throw new EvaluationError(
      `Expected finite logits, got ${value} as the largest. Check the model's weights.`,
    );
  }
  return best;
}
