import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName } from './architectures';
import type { Block } from './block';
import type { LlamaConfig } from './config';
import type { KeysValues } from './kv-cache';

/** Where in its sequence the stream's first row stands, and what was kept of the rows before it. */
export interface Position {
  readonly rope: Tensor;
  /** Rows before the stream's first. 0 without `kept`. */
  readonly past: number;
  /** Receives the stream's keys and values behind those of the past. */
  readonly kept?: KeysValues;
}

/**
 * One block's forward pass (pre-norm attention, then pre-norm SwiGLU), added to the residual stream `x` `[t, hidden]` in
 * place. Both additions accumulate into the stream, so that a block whose o_proj and down_proj are zero leaves every bit.
 */
export function forwardBlock(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  x: Tensor,
  position: Position,
): void {
  addAttention(backend, config, block, x, position);
  addMlp(backend, config, block, x);
}

function addAttention(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  x: Tensor,
  position: Position,
): void {
  const { headDim, heads, kvHeads } = config;
  const { rope, past, kept } = position;
  const scope = new Scope(backend);
  try {
    const normed = scope.own(backend.rmsNorm(x, weight(block, 'input_layernorm'), config.rmsNormEps));
    const project = (name: BlockTensorName): Tensor => scope.own(linear(backend, normed, block, name));
    const rotate = (tensor: Tensor): Tensor => scope.own(backend.rope(tensor, rope, headDim, past));
    const query = rotate(project('self_attn.q_proj'));
    let keys = rotate(project('self_attn.k_proj'));
    let values = project('self_attn.v_proj');
    if (kept !== undefined) {
      backend.copyRows(keys, kept.keys, past);
      backend.copyRows(values, kept.values, past);
      ({ keys, values } = kept);
    }
    const mixed = scope.own(backend.attention(query, keys, values, { heads, kvHeads, headDim, past }));
    addLinear(backend, mixed, block, 'self_attn.o_proj', x);
  } finally {
    scope.free();
  }
}

function addMlp(backend: Backend, config: LlamaConfig, block: Block, x: Tensor): void {
  const scope = new Scope(backend);
  try {
    const normed = scope.own(
      backend.rmsNorm(x, weight(block, 'post_attention_layernorm'), config.rmsNormEps),
    );
    const gate = scope.own(linear(backend, normed, block, 'mlp.gate_proj'));
    const up = scope.own(linear(backend, normed, block, 'mlp.up_proj'));
    const inner = scope.own(backend.swiglu(gate, up));
    addLinear(backend, inner, block, 'mlp.down_proj', x);
  } finally {
    scope.free();
  }
}

function weight(block: Block, name: BlockTensorName): Tensor {
  const tensor = block.get(`${name}.weight`);
  if (tensor === undefined)
    throw new BackendError(`forward: expected the block to have ${name}.weight, got none`);
  return tensor;
}

function bias(block: Block, name: BlockTensorName): { bias?: Tensor } {
  const tensor = block.get(`${name}.bias`);
  return tensor === undefined ? {} : { bias: tensor };
}

const linear = (backend: Backend, input: Tensor, block: Block, name: BlockTensorName): Tensor =>
  backend.matmul(input, weight(block, name), { orientation: 'nt', ...bias(block, name) });

function addLinear(backend: Backend, input: Tensor, block: Block, name: BlockTensorName, into: Tensor): void {
  const options = { orientation: 'nt', into, accumulate: true } as const;
  backend.matmul(input, weight(block, name), { ...options, ...bias(block, name) });
}
