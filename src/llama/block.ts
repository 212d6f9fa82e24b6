import { elements } from '../backend/shape';
import type { Tensor } from '../backend/operations';
import type { BlockTensorName } from './architectures';
import { architectureOf, type LlamaConfig } from './config';

/** A block's tensors, keyed as in `blockShapes`: the checkpoint's names without `model.layers.N.`. */
export type Block = ReadonlyMap<string, Tensor>;

/** Returns the shapes of all tensors of a block, including biases if the config has them. Matrices are `[out, in]`, as in PyTorch. */
export function blockShapes(config: LlamaConfig): Map<string, number[]> {
  const { hiddenSize: d, intermediateSize: m } = config;
  const query = config.heads * config.headDim;
  const keyValue = config.kvHeads * config.headDim;
  const weights: Record<BlockTensorName, number[]> = {
    input_layernorm: [d],
    'self_attn.q_proj': [query, d],
    'self_attn.k_proj': [keyValue, d],
    'self_attn.v_proj': [keyValue, d],
    'self_attn.o_proj': [d, query],
    post_attention_layernorm: [d],
    'mlp.gate_proj': [m, d],
    'mlp.up_proj': [m, d],
    'mlp.down_proj': [d, m],
  };
  const { attention_bias, mlp_bias } = architectureOf(config).biases;
  const biased = new Set<string>([
    ...(config.attentionBias ? attention_bias : []),
    ...(config.mlpBias ? mlp_bias : []),
  ]);
  const shapes = new Map<string, number[]>();
  for (const [name, shape] of Object.entries(weights)) {
    shapes.set(`${name}.weight`, shape);
    if (biased.has(name)) shapes.set(`${name}.bias`, shape.slice(0, 1));
  }
  return shapes;
}

/** Returns the checkpoint name of a block's tensor. `key` as in `blockShapes`. */
export const blockTensorName = (config: LlamaConfig, index: number, key: string): string =>
  `${architectureOf(config).layers}${index}.${key}`;

/** Returns the number of parameters of one block. */
export const countBlockParameters = (config: LlamaConfig): number =>
  [...blockShapes(config).values()].reduce((sum, shape) => sum + elements(shape), 0);

/** Returns the number of parameters of a model with this many blocks. A tied matrix counts once. */
export function countParameters(config: LlamaConfig, layers: number = config.layers): number {
  const matrix = config.vocabSize * config.hiddenSize;
  return layers * countBlockParameters(config) + matrix * (config.tied ? 1 : 2) + config.hiddenSize;
}
