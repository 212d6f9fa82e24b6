import { EvaluationError } from './errors';

export interface SampleOptions {
  /** Divides the logits. 0 takes the largest (the first of equals). */
  readonly temperature: number;
  /** Keep the fewest most probable tokens whose mass reaches this, 0 … 1. */
  readonly topP: number;
}

/**
 * One token from its logits.
 * @throws EvaluationError when a logit is not a number.
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
 * The tokens kept by `topP` with their probabilities under `temperature` > 0 (not renormalised), most probable first, the
 * lower id first of equals. At least one is kept.
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
