import { elements } from '../backend/shape';
import { blockShapes, countBlockParameters, countParameters } from '../llama/block';
import { architectureOf, type LlamaConfig } from '../llama/config';
import type { LlamaModel } from '../llama/model';
import { TrainError } from './errors';
import type { Trainable } from './trained';

/** Peak memory of a training in bytes, float32 unless said otherwise. */
export interface MemoryPlan {
  /** The frozen weights as the checkpoint packs them. */
  readonly frozen: number;
  readonly parameters: number;
  readonly gradients: number;
  readonly moments: number;
  /** Activations kept from the forward to the backward pass. */
  readonly activations: number;
  /** Temporary tensors of one block's backward pass and one chunk of logits. */
  readonly working: number;
  readonly total: number;
  /** If false, only the blocks' inputs are kept and the backward pass recomputes their activations. */
  readonly keepActivations: boolean;
}

/** The parts of a model that decide how much memory its training takes. */
export interface ModelSize extends Pick<LlamaModel, 'backend' | 'config' | 'logitRows'> {
  readonly layers: ArrayLike<unknown>;
}

export interface MemoryRequest {
  /** Windows in one batch, and tokens in a window. */
  readonly batch: number;
  readonly context: number;
  readonly budgetBytes: number;
}

/**
 * Plans the memory of a training before it starts; keeps activations if they fit into the budget.
 * @throws TrainError if it does not fit even with recomputed activations. The message says what would.
 */
export function planMemory(
  model: ModelSize,
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

function planOf(model: ModelSize, trainable: Trainable, rows: number, keepActivations: boolean): MemoryPlan {
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
  // Logits and their gradient where the head is cut into bands; residual streams and their gradients; one block's gradients.
  const working = (config.logitCap === null ? 8 : 12) * chunk * config.vocabSize + 6 * stream + tape;
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

/** Returns the number of trained parameters. */
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

/** Bytes of the largest activation tensor. Logits are not counted: they are cut into chunks. */
const widestBytes = ({ hiddenSize, intermediateSize, heads, headDim }: LlamaConfig, rows: number): number =>
  4 * rows * Math.max(hiddenSize, intermediateSize, heads * headDim);

/** Number of values a tape holds per token. */
function tapeWidth(config: LlamaConfig): number {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
  const { norms, queryKeyNorms } = architectureOf(config);
  // The stream at the input and in the middle, and what the norms there make or read.
  const streams = 2 + Object.keys(norms).length;
  const projected = (heads + kvHeads) * headDim * (queryKeyNorms ? 2 : 1);
  return streams * hiddenSize + projected + (heads + kvHeads) * headDim + 3 * intermediateSize;
}

/** Bytes of frozen weights: two per base weight, as in most checkpoints; new blocks are float32. */
const frozenBytes = (config: LlamaConfig, layers: number): number =>
  2 * countParameters(config) + 4 * Math.max(0, layers - config.layers) * countBlockParameters(config);

const mebibytes = (bytes: number): string =>
  `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;
