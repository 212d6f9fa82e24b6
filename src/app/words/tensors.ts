import type { ModelInfo, PlannedTensor } from '../../engine/jobs';
import type { TensorName } from '../../recipe/view';

/** Names and size of a tensor that can have a plan. */
export interface TensorInfo {
  readonly fullName: PlannedTensor;
  /** What one row of it is. */
  readonly row: string;
  rows(model: ModelInfo): number;
}

const queries = (model: ModelInfo) => model.heads * model.headDim;
const keys = (model: ModelInfo) => model.kvHeads * model.headDim;
const hidden = (model: ModelInfo) => model.hiddenSize;
const intermediate = (model: ModelInfo) => model.intermediateSize;

export const TENSOR_INFO: Readonly<Record<TensorName, TensorInfo>> = {
  q: { fullName: 'self_attn.q_proj', row: 'a query dimension', rows: queries },
  k: { fullName: 'self_attn.k_proj', row: 'a key dimension', rows: keys },
  v: { fullName: 'self_attn.v_proj', row: 'a value dimension', rows: keys },
  o: { fullName: 'self_attn.o_proj', row: 'an attention output', rows: hidden },
  gate: { fullName: 'mlp.gate_proj', row: 'a gate neuron', rows: intermediate },
  up: { fullName: 'mlp.up_proj', row: 'an up neuron', rows: intermediate },
  down: { fullName: 'mlp.down_proj', row: 'an MLP output', rows: hidden },
};
