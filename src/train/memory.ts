import { elements } from '../backend/shape';
import { blockShapes, countBlockParameters, countParameters } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import type { LlamaModel } from '../llama/model';
import { TrainError } from './errors';
import type { Trainable } from './trained';

/** Bytes a training holds at most, in float32 unless said otherwise. */
export interface MemoryPlan {
  /** The frozen weights as the checkpoint packs them. */
  readonly frozen: number;
  readonly parameters: number;
  readonly gradients: number;
  readonly moments: number;
  /** Activations kept from the forward to the backward pass. */
  readonly activations: number;
  /** What one block's backward pass and a chunk of logits need beside that. */
  readonly working: number;
  readonly total: number;
  /** Activations are kept; otherwise blocks' inputs alone, and the rest is computed again. */
  readonly keepActivations: boolean;
}

/** As much of a model as decides what training it takes. */
export interface Sized extends Pick<LlamaModel, 'backend' | 'config' | 'logitRows'> {
  readonly layers: ArrayLike<unknown>;
}

export interface MemoryRequest {
  /** Windows in one batch, and their length. */
  readonly batch: number;
  readonly context: number;
  /** What may be held. */
  readonly budgetBytes: number;
}

/**
 * What a training will hold, planned before it starts: activations are kept where they fit.
 * @throws TrainError where it does not fit even without, saying what would.
 */
export function planMemory(
  model: Sized,
  trainable: Trainable,
  { batch, context, budgetBytes }: MemoryRequest,
): MemoryPlan {
  const plan = (windows: number, keep: boolean): MemoryPlan =>
    planOf(model, trainable, windows * context, keep);
  const { maxTensorBytes } = model.backend.info;
  const fits = (windows: number, keep: boolean): boolean =>
    plan(windows, keep).total <= budgetBytes &&
    widestBytes(model.config, windows * context) <= maxTensorBytes;
  if (fits(batch, true)) return plan(batch, true);
  if (fits(batch, false)) return plan(batch, false);
  let fitting = batch - 1;
  while (fitting > 0 && !fits(fitting, false)) fitting--;
  const advice =
    fitting > 0
      ? `A batch of ${fitting} would fit (accumulate gradients over ${Math.ceil(batch / fitting)} of them)`
      : 'Not even one window would fit: train fewer blocks, or choose a shorter context';
  const widest = widestBytes(model.config, batch * context);
  if (widest > maxTensorBytes)
    throw new TrainError(
      `expected tensors of at most ${mebibytes(maxTensorBytes)}, the device's limit, got one of ${mebibytes(widest)} for ${batch} windows of ${context} tokens. ${advice}.`,
    );
  const again = plan(batch, false);
  throw new TrainError(
    `expected a training that fits into ${mebibytes(budgetBytes)}, got one of ${mebibytes(again.total)} (${mebibytes(again.parameters + again.gradients + again.moments)} of parameters, gradients and moments). ${advice}.`,
  );
}

function planOf(model: Sized, trainable: Trainable, rows: number, keepActivations: boolean): MemoryPlan {
  const { config, layers } = model;
  const parameters = 4 * countTrainable(config, trainable);
  const frozen = frozenBytes(config, layers.length);
  const lowest =
    trainable.embedding || (config.tied && trainable.head) ? 0 : Math.min(layers.length, ...trainable.blocks);
  const passed = layers.length - lowest;
  const tape = 4 * rows * tapeWidth(config);
  const stream = 4 * rows * config.hiddenSize;
  const activations = keepActivations ? passed * tape : passed * stream + (passed > 0 ? tape : 0);
  const chunk = Math.min(rows, model.logitRows);
  // Logits and their derivative where the head is cut into bands; the streams and slopes; one block's slopes.
  const working = 8 * chunk * config.vocabSize + 6 * stream + tape;
  const total = frozen + 4 * parameters + activations + working;
  return {
    frozen,
    parameters,
    gradients: parameters,
    moments: 2 * parameters,
    activations,
    working,
    total,
    keepActivations,
  };
}

/** Parameters that learn. */
export function countTrainable(config: LlamaConfig, trainable: Trainable): number {
  const { blocks, tensors = () => true, embedding, finalNorm, head } = trainable;
  const block = [...blockShapes(config)].reduce(
    (sum, [key, shape]) => sum + (tensors(key) ? elements(shape) : 0),
    0,
  );
  const matrices = config.tied ? Number(embedding || head) : Number(embedding) + Number(head);
  return (
    blocks.length * block +
    matrices * config.vocabSize * config.hiddenSize +
    (finalNorm ? config.hiddenSize : 0)
  );
}

/** The largest tensor of activations; logits are cut to size. */
const widestBytes = ({ hiddenSize, intermediateSize, heads, headDim }: LlamaConfig, rows: number): number =>
  4 * rows * Math.max(hiddenSize, intermediateSize, heads * headDim);

/** Values a tape holds of one token. */
function tapeWidth({ hiddenSize, intermediateSize, heads, kvHeads, headDim }: LlamaConfig): number {
  return 4 * hiddenSize + 2 * heads * headDim + 2 * kvHeads * headDim + 3 * intermediateSize;
}

/** Two bytes a weight, as checkpoints usually pack them; new blocks are float32. */
const frozenBytes = (config: LlamaConfig, layers: number): number =>
  2 * countParameters(config) + 4 * Math.max(0, layers - config.layers) * countBlockParameters(config);

const mebibytes = (bytes: number): string =>
  `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;
