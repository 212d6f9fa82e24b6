import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName } from './architectures';
import type { Block } from './block';
import type { LlamaConfig } from './config';
import type { KeysValues } from './kv-cache';
import type { Tape } from './tape';

/** Where in its sequence the stream's first row stands, and what was kept of the rows before it. */
export interface Position {
  readonly rope: Tensor;
  /** Rows before the stream's first. 0 without `kept`. */
  readonly past: number;
  /** Receives the stream's keys and values behind those of the past. */
  readonly kept?: KeysValues;
  /** Equally long sequences stacked in the stream, each with its own positions in `rope`. Default 1. */
  readonly windows?: number;
}

/**
 * One block's forward pass (pre-norm attention, then pre-norm SwiGLU), added to the residual stream `x` `[t, hidden]` in
 * place. Both additions accumulate into the stream, so that a block whose o_proj and down_proj are zero leaves every bit.
 * What `backwardBlock` needs goes onto the tape, where one is given.
 */
export function forwardBlock(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  x: Tensor,
  position: Position,
  tape?: Tape,
): void {
  addAttention(backend, config, block, x, position, tape);
  addMlp(backend, config, block, x, tape);
}

function addAttention(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  x: Tensor,
  position: Position,
  tape: Tape | undefined,
): void {
  const { headDim, heads, kvHeads } = config;
  const { rope, past, kept, windows = 1 } = position;
  const scope = new Scope(backend);
  try {
    tape?.copy('input', x);
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
    const shape = { heads, kvHeads, headDim, past, windows };
    const mixed = scope.own(backend.attention(query, keys, values, shape));
    addLinear(backend, mixed, block, 'self_attn.o_proj', x);
    tape?.keep(scope, { normed, query, keys, values, mixed });
  } finally {
    scope.free();
  }
}

function addMlp(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  x: Tensor,
  tape: Tape | undefined,
): void {
  const scope = new Scope(backend);
  try {
    tape?.copy('middle', x);
    const normed = scope.own(
      backend.rmsNorm(x, weight(block, 'post_attention_layernorm'), config.rmsNormEps),
    );
    const gate = scope.own(linear(backend, normed, block, 'mlp.gate_proj'));
    const up = scope.own(linear(backend, normed, block, 'mlp.up_proj'));
    const inner = scope.own(backend.swiglu(gate, up));
    addLinear(backend, inner, block, 'mlp.down_proj', x);
    tape?.keep(scope, { normedMiddle: normed, gate, up, inner });
  } finally {
    scope.free();
  }
}

/** @throws BackendError for a block that lacks it. */
export function weight(block: Block, name: BlockTensorName): Tensor {
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
