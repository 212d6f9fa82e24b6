import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName } from './architectures';
import type { Block } from './block';
import type { LlamaConfig } from './config';
import type { KeysValues } from './kv-cache';
import type { Tape } from './tape';

/** Position of the stream's rows in their sequence, with the keys and values of earlier rows. */
export interface Position {
  readonly rope: Tensor;
  /** Number of rows before the stream's first; 0 without `cache`. */
  readonly past: number;
  /** Cached keys and values; those of the stream are appended. */
  readonly cache?: KeysValues;
  /** Number of equally long sequences stacked in the stream, each with its own positions in `rope`. Default 1. */
  readonly windows?: number;
}

/**
 * Forward pass of one block (pre-norm attention, then pre-norm SwiGLU); updates the residual stream `x` `[t, hidden]` in place.
 * Both parts accumulate into the stream, so a block whose o_proj and down_proj are zero leaves it unchanged, bit for bit.
 * Records on `tape`, if given, what `backwardBlock` needs.
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
  const { rope, past, cache, windows = 1 } = position;
  const scope = new Scope(backend, 'activations');
  try {
    tape?.copy('input', x);
    const normed = scope.own(backend.rmsNorm(x, weight(block, 'input_layernorm'), config.rmsNormEps));
    const project = (name: BlockTensorName): Tensor => scope.own(linear(backend, normed, block, name));
    const rotate = (tensor: Tensor): Tensor => scope.own(backend.rope(tensor, rope, headDim, past));
    const query = rotate(project('self_attn.q_proj'));
    let keys = rotate(project('self_attn.k_proj'));
    let values = project('self_attn.v_proj');
    if (cache !== undefined) {
      backend.copyRows(keys, cache.keys, past);
      backend.copyRows(values, cache.values, past);
      ({ keys, values } = cache);
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
  const scope = new Scope(backend, 'activations');
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

/** Returns a weight of a block. @throws BackendError if the block does not have it. */
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
