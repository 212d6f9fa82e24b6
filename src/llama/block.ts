import { elements } from '../backend/shape';
import type { Tensor } from '../backend/operations';
import type { BlockTensorName } from './architectures';
import { architectureOf, type LlamaConfig } from './config';

/** A block's tensors, keyed as in `blockShapes`: the checkpoint's names without `model.layers.N.`. */
export type Block = ReadonlyMap<string, Tensor>;

/** True for a norm's gain, keyed as in `blockShapes`. */
export const isNorm = (key: string): boolean => key.endsWith('norm.weight');

/**
 * Returns the shapes of all tensors of a block, in the order norm, attention, norms, MLP, norm, with the biases and norms that the
 * architecture and the config have; of an unsupported one the matrices that were recognised. Matrices are `[out, in]`, as in PyTorch.
 */
export function blockShapes(config: LlamaConfig): Map<string, number[]> {
  if (config.unsupported)
    return new Map(Object.entries(config.unsupported.matrices).map(([key, shape]) => [key, [...shape]]));
  const { hiddenSize: d, intermediateSize: m, headDim } = config;
  const query = config.heads * headDim;
  const keyValue = config.kvHeads * headDim;
  const { biases, norms, queryKeyNorms } = architectureOf(config);
  const { always = [], attention_bias = [], mlp_bias = [] } = biases;
  const biased = new Set([
    ...always,
    ...(config.attentionBias ? attention_bias : []),
    ...(config.mlpBias ? mlp_bias : []),
  ]);
  const shapes = new Map<string, number[]>();
  const add = (name: BlockTensorName | undefined, ...shape: number[]): void => {
    if (name === undefined) return;
    shapes.set(`${name}.weight`, shape);
    if (biased.has(name)) shapes.set(`${name}.bias`, shape.slice(0, 1));
  };
  add(norms.beforeAttention, d);
  add('self_attn.q_proj', query, d);
  add('self_attn.k_proj', keyValue, d);
  add('self_attn.v_proj', keyValue, d);
  add('self_attn.o_proj', d, query);
  if (queryKeyNorms) {
    add('self_attn.q_norm', queryKeyNorms === 'head' ? headDim : query);
    add('self_attn.k_norm', queryKeyNorms === 'head' ? headDim : keyValue);
  }
  add(norms.afterAttention, d);
  add(norms.beforeMlp, d);
  add('mlp.gate_proj', m, d);
  add('mlp.up_proj', m, d);
  add('mlp.down_proj', d, m);
  add(norms.afterMlp, d);
  return shapes;
}

/** Returns the checkpoint name of a block's tensor. `key` as in `blockShapes`. */
export const blockTensorName = (config: LlamaConfig, index: number, key: string): string =>
  `${config.unsupported ? 'model.layers.' : architectureOf(config).layers}${index}.${key}`;

/** Returns the number of parameters of one block. */
export const countBlockParameters = (config: LlamaConfig): number =>
  [...blockShapes(config).values()].reduce((sum, shape) => sum + elements(shape), 0);

/** Returns the number of parameters of a model with this many blocks. A tied matrix counts once. */
export function countParameters(config: LlamaConfig, layers: number = config.layers): number {
  const matrix = config.vocabSize * config.hiddenSize;
  return layers * countBlockParameters(config) + matrix * (config.tied ? 1 : 2) + config.hiddenSize;
}
