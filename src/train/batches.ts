import { randomSource, shuffled } from '../random';
import type { Example } from './examples';

/** Equally long windows of token ids to learn from. */
export interface Batch {
  readonly windows: number;
  /** `[windows · length]`, window after window. */
  readonly inputs: Uint32Array;
  /** The token after each input. */
  readonly targets: Uint32Array;
  /** How much each prediction counts. 0 where a token is only read. */
  readonly weights: Float32Array;
}

/**
 * The examples of one step as batches of at most `size` windows. Predictions that count do so equally, over all batches
 * together: the step is the same however it is cut. Shorter examples are filled up behind their end, where nothing counts and
 * nothing that counts looks.
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
  return { windows: examples.length, inputs, targets, weights };
}

/**
 * Which of `count` examples make up step 1, 2, …: all in an order drawn from the seed, then all again in another. It depends
 * on the numbers alone, so that every arm sees the same batches in the same order.
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
