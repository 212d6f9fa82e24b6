import type { ModelInfo, PlannedTensor } from '../../engine/jobs';
import type { TensorName } from '../../recipe/view';

/** A tensor with a plan, in the checkpoint's words and in those of people. */
export interface TensorWords {
  readonly planned: PlannedTensor;
  /** What one of its rows is. */
  readonly row: string;
  rows(model: ModelInfo): number;
}

const queries = (model: ModelInfo) => model.heads * model.headDim;
const keys = (model: ModelInfo) => model.kvHeads * model.headDim;
const hidden = (model: ModelInfo) => model.hiddenSize;
const intermediate = (model: ModelInfo) => model.intermediateSize;

export const TENSOR_WORDS: Readonly<Record<TensorName, TensorWords>> = {
  q: { planned: 'self_attn.q_proj', row: 'a query dimension', rows: queries },
  k: { planned: 'self_attn.k_proj', row: 'a key dimension', rows: keys },
  v: { planned: 'self_attn.v_proj', row: 'a value dimension', rows: keys },
  o: { planned: 'self_attn.o_proj', row: 'an attention output', rows: hidden },
  gate: { planned: 'mlp.gate_proj', row: 'a gate neuron', rows: intermediate },
  up: { planned: 'mlp.up_proj', row: 'an up neuron', rows: intermediate },
  down: { planned: 'mlp.down_proj', row: 'an MLP output', rows: hidden },
};
