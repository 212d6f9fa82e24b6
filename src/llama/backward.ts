import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName } from './architectures';
import type { Block } from './block';
import type { LlamaConfig } from './config';
import { weight } from './forward';
import type { Tape } from './tape';

/** Number of stacked windows, and the rotary table of the inverse rotation (sines negated). */
export interface BackwardPosition {
  readonly windows: number;
  readonly inverseRope: Tensor;
}

/**
 * Backward pass of one block. `outputGradient` `[rows, hidden]` is the gradient of the loss by the block's output. Returns the
 * gradient by its input, owned by the caller. Adds the gradients of the block's tensors to those in `gradients`, keyed as in
 * `blockShapes`; tensors without an entry there are frozen and skipped.
 */
export function backwardBlock(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  tape: Tape,
  outputGradient: Tensor,
  gradients: Block,
  position: BackwardPosition,
): Tensor {
  const middle = backwardMlp(backend, config, block, tape, outputGradient, gradients);
  try {
    return backwardAttention(backend, config, block, tape, middle, gradients, position);
  } finally {
    backend.free(middle);
  }
}

function backwardMlp(
  backend: Backend,
  { rmsNormEps }: LlamaConfig,
  block: Block,
  tape: Tape,
  outputGradient: Tensor,
  gradients: Block,
): Tensor {
  const scope = new Scope(backend, 'optimizer');
  try {
    addGradient(backend, gradients, 'mlp.down_proj', outputGradient, tape.get('inner'));
    const inner = scope.own(backend.matmul(outputGradient, weight(block, 'mlp.down_proj')));
    const { gate, up } = backend.swigluGradient(tape.get('gate'), tape.get('up'), inner);
    scope.own(gate);
    scope.own(up);
    const normed = tape.get('normedMiddle');
    addGradient(backend, gradients, 'mlp.gate_proj', gate, normed);
    addGradient(backend, gradients, 'mlp.up_proj', up, normed);
    const back = scope.own(backend.matmul(gate, weight(block, 'mlp.gate_proj')));
    backend.matmul(up, weight(block, 'mlp.up_proj'), { into: back, accumulate: true });
    const name = 'post_attention_layernorm';
    const ofGain = gradients.get(`${name}.weight`);
    const x = tape.get('middle');
    const ofX = scope.own(backend.rmsNormGradient(x, weight(block, name), back, rmsNormEps, ofGain));
    return backend.weightedSum(outputGradient, 1, ofX, 1);
  } finally {
    scope.free();
  }
}

function backwardAttention(
  backend: Backend,
  { heads, kvHeads, headDim, rmsNormEps }: LlamaConfig,
  block: Block,
  tape: Tape,
  outputGradient: Tensor,
  gradients: Block,
  { windows, inverseRope }: BackwardPosition,
): Tensor {
  const scope = new Scope(backend, 'optimizer');
  try {
    const mixed = tape.get('mixed');
    addGradient(backend, gradients, 'self_attn.o_proj', outputGradient, mixed);
    const upstream = scope.own(backend.matmul(outputGradient, weight(block, 'self_attn.o_proj')));
    const [q, k, v] = [tape.get('query'), tape.get('keys'), tape.get('values')];
    const shape = { heads, kvHeads, headDim, past: 0, windows };
    const rotated = backend.attentionGradient({ q, k, v, out: mixed, upstream }, shape);
    for (const tensor of Object.values(rotated)) scope.own(tensor);
    const ofQuery = scope.own(backend.rope(rotated.q, inverseRope, headDim, 0));
    const ofKeys = scope.own(backend.rope(rotated.k, inverseRope, headDim, 0));
    const normed = tape.get('normed');
    addGradient(backend, gradients, 'self_attn.q_proj', ofQuery, normed);
    addGradient(backend, gradients, 'self_attn.k_proj', ofKeys, normed);
    addGradient(backend, gradients, 'self_attn.v_proj', rotated.v, normed);
    const back = scope.own(backend.matmul(ofQuery, weight(block, 'self_attn.q_proj')));
    const more = { into: back, accumulate: true } as const;
    backend.matmul(ofKeys, weight(block, 'self_attn.k_proj'), more);
    backend.matmul(rotated.v, weight(block, 'self_attn.v_proj'), more);
    const name = 'input_layernorm';
    const ofGain = gradients.get(`${name}.weight`);
    const x = tape.get('input');
    const ofX = scope.own(backend.rmsNormGradient(x, weight(block, name), back, rmsNormEps, ofGain));
    return backend.weightedSum(outputGradient, 1, ofX, 1);
  } finally {
    scope.free();
  }
}

/** For y = x·Wᵀ + b, adds dyᵀ·x `[out, in]` to the gradient of W and the sum of dy's rows `[out]` to that of b. */
function addGradient(
  backend: Backend,
  gradients: Block,
  name: BlockTensorName,
  dy: Tensor,
  input: Tensor,
): void {
  const ofWeight = gradients.get(`${name}.weight`);
  if (ofWeight) backend.matmul(dy, input, { orientation: 'tn', into: ofWeight, accumulate: true });
  const ofBias = gradients.get(`${name}.bias`);
  if (!ofBias) return;
  const [rows = 1] = dy.shape;
  const ones = backend.upload(new Float32Array(rows).fill(1), [1, rows], 'f32', 'ones');
  backend.matmul(ones, dy, { into: ofBias, accumulate: true });
  backend.free(ones);
}
