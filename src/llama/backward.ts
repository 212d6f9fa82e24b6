import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { NormName, Projection } from './architectures';
import type { Block } from './block';
import { architectureOf } from './config';
import { attentionShape, type BlockContext, weight } from './forward';
import type { Tape } from './tape';

/** Number of stacked windows, and the rotary table of the transposed rotation, as `RopeTables.inverseOf` gives it. */
export interface BackwardPosition {
  readonly windows: number;
  readonly inverseRope: Tensor | undefined;
}

/** A block with the tape of its forward pass and the gradients of its trained tensors. */
interface Pass extends BlockContext {
  readonly tape: Tape;
  /** Keyed as in `blockShapes`; tensors without an entry are frozen and skipped. */
  readonly gradients: Block;
}

/**
 * Backward pass of one block. `outputGradient` `[rows, hidden]` is the gradient of the loss by the block's output. Returns the
 * gradient by its input, owned by the caller. Adds the gradients of the block's tensors to those in `pass.gradients`.
 */
export function backwardBlock(pass: Pass, outputGradient: Tensor, position: BackwardPosition): Tensor {
  const middle = backwardMlp(pass, outputGradient);
  try {
    return backwardAttention(pass, middle, position);
  } finally {
    pass.backend.free(middle);
  }
}

function backwardMlp(pass: Pass, outputGradient: Tensor): Tensor {
  const { backend, config, block, tape } = pass;
  const { norms, activation } = architectureOf(config);
  const scope = new Scope(backend, 'optimizer');
  try {
    const added = backwardAdded(pass, scope, outputGradient, norms.afterMlp, 'made');
    addGradient(pass, 'mlp.down_proj', added, tape.get('inner'));
    const inner = scope.own(backend.matmul(added, weight(block, 'mlp.down_proj')));
    const { gate, up } = backend.swigluGradient(tape.get('gate'), tape.get('up'), inner, activation.kind);
    scope.own(gate);
    scope.own(up);
    const normed = tape.get('normedMiddle');
    addGradient(pass, 'mlp.gate_proj', gate, normed);
    addGradient(pass, 'mlp.up_proj', up, normed);
    const back = scope.own(backend.matmul(gate, weight(block, 'mlp.gate_proj')));
    backend.matmul(up, weight(block, 'mlp.up_proj'), { into: back, accumulate: true });
    const ofX = backwardNorm(pass, scope, tape.get('middle'), norms.beforeMlp, back);
    return backend.weightedSum(outputGradient, 1, ofX, 1);
  } finally {
    scope.free();
  }
}

function backwardAttention(
  pass: Pass,
  outputGradient: Tensor,
  { windows, inverseRope }: BackwardPosition,
): Tensor {
  const { backend, config, block, tape } = pass;
  const { norms, queryKeyNorms } = architectureOf(config);
  const scope = new Scope(backend, 'optimizer');
  try {
    const added = backwardAdded(pass, scope, outputGradient, norms.afterAttention, 'attended');
    const mixed = tape.get('mixed');
    addGradient(pass, 'self_attn.o_proj', added, mixed);
    const upstream = scope.own(backend.matmul(added, weight(block, 'self_attn.o_proj')));
    const [q, k, v] = [tape.get('query'), tape.get('keys'), tape.get('values')];
    const shape = attentionShape(pass, { past: 0, windows });
    const turned = backend.attentionGradient({ q, k, v, out: mixed, upstream }, shape);
    for (const tensor of Object.values(turned)) scope.own(tensor);
    const unturned = (slope: Tensor, norm: NormName, raw: 'rawQuery' | 'rawKeys'): Tensor => {
      const back = inverseRope ? scope.own(backend.rope(slope, inverseRope, config.headDim, 0)) : slope;
      return queryKeyNorms ? backwardNorm(pass, scope, tape.get(raw), norm, back) : back;
    };
    const ofQuery = unturned(turned.q, 'self_attn.q_norm', 'rawQuery');
    const ofKeys = unturned(turned.k, 'self_attn.k_norm', 'rawKeys');
    const normed = tape.get('normed');
    addGradient(pass, 'self_attn.q_proj', ofQuery, normed);
    addGradient(pass, 'self_attn.k_proj', ofKeys, normed);
    addGradient(pass, 'self_attn.v_proj', turned.v, normed);
    const back = scope.own(backend.matmul(ofQuery, weight(block, 'self_attn.q_proj')));
    const more = { into: back, accumulate: true } as const;
    backend.matmul(ofKeys, weight(block, 'self_attn.k_proj'), more);
    backend.matmul(turned.v, weight(block, 'self_attn.v_proj'), more);
    const ofX = backwardNorm(pass, scope, tape.get('input'), norms.beforeAttention, back);
    return backend.weightedSum(outputGradient, 1, ofX, 1);
  } finally {
    scope.free();
  }
}

/** Returns the gradient by the output of o_proj or down_proj, back through the residual factor and the norm after it. */
function backwardAdded(
  pass: Pass,
  scope: Scope,
  outputGradient: Tensor,
  norm: NormName | undefined,
  raw: 'attended' | 'made',
): Tensor {
  const { backend, config, tape } = pass;
  const { residualScale } = config;
  const scaled =
    residualScale === 1 ? outputGradient : scope.own(backend.weightedSum(outputGradient, residualScale));
  return norm ? backwardNorm(pass, scope, tape.get(raw), norm, scaled) : scaled;
}

/** Returns the gradient by a norm's input `x`, owned by `scope`, and adds that by its gain; `upstream` where there is no norm. */
function backwardNorm(
  { backend, config, block, gradients }: Pass,
  scope: Scope,
  x: Tensor,
  norm: NormName | undefined,
  upstream: Tensor,
): Tensor {
  if (norm === undefined) return upstream;
  const { gainOffset } = architectureOf(config);
  const ofGain = gradients.get(`${norm}.weight`);
  const gain = weight(block, norm);
  return scope.own(backend.rmsNormGradient(x, gain, upstream, config.rmsNormEps, ofGain, gainOffset));
}

/** For y = x·Wᵀ + b, adds dyᵀ·x `[out, in]` to the gradient of W and the sum of dy's rows `[out]` to that of b. */
function addGradient({ backend, gradients }: Pass, name: Projection, dy: Tensor, input: Tensor): void {
  const ofWeight = gradients.get(`${name}.weight`);
  if (ofWeight) backend.matmul(dy, input, { orientation: 'tn', into: ofWeight, accumulate: true });
  const ofBias = gradients.get(`${name}.bias`);
  if (!ofBias) return;
  const [rows = 1] = dy.shape;
  const ones = backend.upload(new Float32Array(rows).fill(1), [1, rows], 'f32', 'ones');
  try {
    backend.matmul(ones, dy, { into: ofBias, accumulate: true });
  } finally {
    backend.free(ones);
  }
}
