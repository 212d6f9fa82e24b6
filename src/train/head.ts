import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { LlamaModel } from '../llama/model';
import type { Batch } from './batches';
import type { TrainedModel } from './trained';

/**
 * Forward and backward pass of the head. Returns the loss Σ weights·(−log p(target)) `[1]` and its gradient by the final-normed
 * `hidden` `[rows, hidden]`; the caller frees both. Adds gradients of trained head bands. Works on chunks of rows of the logits.
 */
export async function headPass(
  { model, bands }: TrainedModel,
  hidden: Tensor,
  { targets, weights }: Batch,
  signal?: AbortSignal,
): Promise<{ loss: Tensor; hiddenGradient: Tensor }> {
  const { backend } = model;
  const kept = new Scope(backend, 'optimizer');
  const [rows = 1, width = 1] = hidden.shape;
  try {
    const loss = kept.own(backend.zeros([1], 'loss'));
    const hiddenGradient = kept.own(backend.zeros([rows, width], 'slope of the hidden states'));
    for (let start = 0; start < rows; start += model.logitRows) {
      signal?.throwIfAborted();
      const count = Math.min(model.logitRows, rows - start);
      const scope = new Scope(backend, 'activations');
      try {
        const part = count === rows ? hidden : scope.own(model.rows(hidden, start, count));
        const logits = scope.own(await model.logits(part, 0, count, signal));
        const index = scope.own(
          backend.upload(targets.slice(start, start + count), [count], 'u32', 'target ids'),
        );
        const factors = scope.own(
          backend.upload(weights.slice(start, start + count), [count], 'f32', 'loss weights'),
        );
        const nll = scope.own(backend.crossEntropy(logits, index));
        // A vector is one row: [1, count]·[1, count]ᵀ.
        backend.matmul(factors, nll, { orientation: 'nt', into: loss, accumulate: true });
        const slopes = scope.own(logitSlopes(model, logits, index, factors));
        for (const band of model.weights.head) {
          const into = bands.get(band)?.gradient;
          if (!into) continue;
          const columns = model.columns(slopes, band.rowStart, band.rows);
          backend.matmul(columns, part, { orientation: 'tn', into, accumulate: true });
          if (columns !== slopes) backend.free(columns);
        }
        backend.copyRows(scope.own(await model.backwardLogits(slopes, signal)), hiddenGradient, start);
      } finally {
        scope.free();
      }
    }
    return { loss: kept.release(loss), hiddenGradient: kept.release(hiddenGradient) };
  } finally {
    kept.free();
  }
}

/** Returns the derivative of the weighted losses by the products with the head. It may overwrite `logits` and return them. */
function logitSlopes(model: LlamaModel, logits: Tensor, targets: Tensor, factors: Tensor): Tensor {
  const { backend, config } = model;
  // The gradient overwrites what it is taken of, and a cap needs the logits once more.
  const slopes = config.logitCap === null ? logits : backend.weightedSum(logits, 1);
  backend.crossEntropyGradient(slopes, targets, factors);
  const finished = model.backwardFinish(logits, slopes);
  if (slopes !== logits && slopes !== finished) backend.free(slopes);
  return finished;
}
