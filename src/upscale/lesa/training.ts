import type { Backend } from '../../backend/operations';
import { shuffled } from '../../random';
import { UpscaleError } from '../block/errors';
import type { SliceTable } from './dataset';
import type { Predictor } from './predictor';

/** Settings of the released code (method.md 6.4); all others are PyTorch's defaults for AdamW. */
export const TRAINING = {
  epochs: 10,
  batch: 64,
  /** Weight of the norm term in the loss. */
  lambda: 5e-4,
  adamW: { rate: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
} as const;

interface EpochOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every batch with the completed fraction of the epoch. */
  readonly onBatch?: (fraction: number) => void;
}

/**
 * Trains one epoch on the examples in the given order, with an AdamW step per batch. The last batch may be smaller.
 * @returns The loss of every batch before its step.
 * @throws AbortError between batches.
 */
export async function trainEpoch(
  backend: Backend,
  predictor: Predictor,
  table: SliceTable,
  order: Uint32Array,
  { signal, onBatch }: EpochOptions = {},
): Promise<Float32Array> {
  const batches = Math.ceil(order.length / TRAINING.batch);
  // Read once at the end, because waiting for every loss would leave the device idle.
  const losses = backend.zeros([batches, 1], 'losses');
  try {
    for (let step = 0; step < batches; step++) {
      signal?.throwIfAborted();
      const first = step * TRAINING.batch;
      const batch = table.batch(order.slice(first, first + TRAINING.batch));
      try {
        const loss = predictor.backpropagate(batch, TRAINING.lambda);
        backend.copyRows(loss, losses, step);
        backend.free(loss);
        predictor.step(TRAINING.adamW);
      } finally {
        backend.free(batch.previous, batch.next, batch.target);
      }
      await backend.settle();
      onBatch?.((step + 1) / batches);
    }
    return await backend.read(losses);
  } finally {
    backend.free(losses);
  }
}

interface TrainOptions {
  readonly signal?: AbortSignal | undefined;
  /** `loss` is the mean of the previous epoch, `fraction` the completed fraction of the whole training. */
  readonly onProgress?: (progress: { epoch: number; loss: number | undefined; fraction: number }) => void;
}

/**
 * Trains for `TRAINING.epochs` epochs; shuffles the examples for each.
 * @returns The mean loss of every epoch.
 * @throws UpscaleError if a loss is not finite; AbortError.
 */
export async function train(
  backend: Backend,
  predictor: Predictor,
  table: SliceTable,
  random: () => number,
  { signal, onProgress }: TrainOptions = {},
): Promise<number[]> {
  const means: number[] = [];
  for (let epoch = 0; epoch < TRAINING.epochs; epoch++) {
    const onBatch = (fraction: number): void =>
      onProgress?.({
        epoch: epoch + 1,
        loss: means.at(-1),
        fraction: (epoch + fraction) / TRAINING.epochs,
      });
    const losses = await trainEpoch(backend, predictor, table, shuffled(table.examples, random), {
      signal,
      onBatch,
    });
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    if (!Number.isFinite(mean)) {
      throw new UpscaleError(
        `epoch ${epoch + 1}: expected a finite loss, got ${mean}. Check the base model's weights, or choose another method.`,
      );
    }
    means.push(mean);
  }
  return means;
}
