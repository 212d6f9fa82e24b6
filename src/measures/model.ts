import type { Checkpoint } from '../checkpoint/checkpoint';
import { blockShapes, blockTensorName, countParameters } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import { evaluate } from '../llama/evaluate';
import { type ForwardOptions, LlamaModel } from '../llama/model';
import type { Expansion } from '../upscale/expanding/expansion';
import { costOfTraining } from './cost-of-training';
import type { ModelMeasure } from './measurement';

/**
 * Measures a whole model on windows of token ids and compares it with its base model.
 * @throws EvaluationError for a loss that is not finite; AbortError.
 */
export async function measureModel(
  model: LlamaModel,
  expansion: Expansion | undefined,
  checkpoint: Checkpoint,
  windows: readonly Uint32Array[],
  options: ForwardOptions,
): Promise<ModelMeasure> {
  const { backend, config, weights, layers } = model;
  const base = LlamaModel.base(backend, config, weights);
  const { loss, perplexity, nll, maxLogitDifference, klFromBase } = await evaluate(model, windows, {
    ...options,
    base,
    divergence: true,
  });
  return {
    loss,
    perplexity,
    tokens: nll.length,
    klFromBase: klFromBase ?? Number.NaN,
    maxLogitDifference: maxLogitDifference ?? Number.NaN,
    layers: layers.length,
    parameters: countParameters(config, layers.length),
    bytes: storedBytes(checkpoint, config, expansion?.sources),
    ...costOfTraining(expansion, layers.length),
  };
}

/** Bytes of all weights. A block takes as many bytes as the base block that it is, copies or follows. */
function storedBytes(
  checkpoint: Checkpoint,
  config: LlamaConfig,
  sources: readonly number[] | undefined,
): number {
  const keys = [...blockShapes(config).keys()];
  const blocks = Array.from({ length: config.layers }, (_, index) =>
    sum(keys.map((key) => checkpoint.tensors.get(blockTensorName(config, index, key))?.bytes ?? 0)),
  );
  const all = sum([...checkpoint.tensors.values()].map(({ bytes }) => bytes));
  return all + (sources ? sum(sources.map((index) => blocks[index] ?? 0)) - sum(blocks) : 0);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
