import { randomSource, shuffled } from '../random';
import type { Example } from './examples';

/** Training windows of token ids, all of one length. */
export interface Batch {
  readonly windows: number;
  /** Number of tokens of each window before padding. */
  readonly lengths: readonly number[];
  /** `[windows · length]`, window after window. */
  readonly inputs: Uint32Array;
  /** The token after each input. */
  readonly targets: Uint32Array;
  /** Loss weight of each prediction; 0 where a token is only context or padding. */
  readonly weights: Float32Array;
}

/**
 * Cuts the examples of one step into batches of at most `size` windows. Every counted prediction has the same weight over all
 * batches together, so the gradient does not depend on `size`. Shorter examples are padded at the end with weight 0; causal
 * attention keeps the padding out of counted predictions.
 */
export function batchesOf(examples: readonly Example[], size: number): Batch[] {
  const counted = examples.reduce((sum, { ids, from }) => sum + ids.length - from, 0);
  return Array.from({ length: Math.ceil(examples.length / size) }, (_, i) =>
    batchOf(examples.slice(i * size, (i + 1) * size), 1 / counted),
  );
}

function batchOf(examples: readonly Example[], weight: number): Batch {
  const length = Math.max(...examples.map(({ ids }) => ids.length)) - 1;
  const count = examples.length * length;
  const inputs = new Uint32Array(count);
  const targets = new Uint32Array(count);
  const weights = new Float32Array(count);
  for (const [i, { ids, from }] of examples.entries()) {
    const start = i * length;
    inputs.set(ids.subarray(0, -1), start);
    targets.set(ids.subarray(1), start);
    weights.fill(weight, start + from - 1, start + ids.length - 1);
  }
  const lengths = examples.map(({ ids }) => ids.length - 1);
  return { windows: examples.length, lengths, inputs, targets, weights };
}

/**
 * Returns which of `count` examples step `step` (from 1) trains on. Each epoch visits all examples in a new order drawn from the
 * seed. Only these numbers decide it, so every arm sees the same batches in the same order.
 */
export function examplesOfStep(step: number, size: number, count: number, seed: number): number[] {
  const orders = new Map<number, Uint32Array>();
  return Array.from({ length: size }, (_, i) => {
    const at = (step - 1) * size + i;
    const epoch = Math.floor(at / count);
    const order = orders.get(epoch) ?? shuffled(count, randomSource(seed * 65_537 + epoch));
    orders.set(epoch, order);
    return order[at % count] ?? 0;
  });
}
