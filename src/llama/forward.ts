import { BackendError } from '../backend/errors';
import type { AttentionShape, Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName, NormName, Projection } from './architectures';
import type { Block } from './block';
import { architectureOf, type LlamaConfig } from './config';
import type { KeysValues } from './kv-cache';
import type { LayerKind } from './layer-kinds';
import type { Tape } from './tape';

/** Position of the stream's rows in their sequence, with the keys and values of earlier rows. */
export interface Position {
  /** Rotary table of the block's kind; undefined if it has no rotary embedding. */
  readonly rope: Tensor | undefined;
  /** Number of rows before the stream's first; 0 without `cache`. */
  readonly past: number;
  /** Cached keys and values; those of the stream are appended. */
  readonly cache?: KeysValues;
  /** Number of equally long sequences stacked in the stream, each with its own positions in `rope`. Default 1. */
  readonly windows?: number;
}

/** Everything that a block's computation depends on besides its input. */
export interface BlockContext {
  readonly backend: Backend;
  readonly config: LlamaConfig;
  readonly block: Block;
  readonly kind: LayerKind;
}

/**
 * Forward pass of one block, attention and gated MLP, each with the norms that its architecture has; updates the residual stream `x`
 * `[t, hidden]` in place. Both parts add to the stream, so a block whose o_proj and down_proj are zero leaves it unchanged, bit for
 * bit: a norm of zeros is zero too. Records on `tape`, if given, what `backwardBlock` needs.
 */
export function forwardBlock(context: BlockContext, x: Tensor, position: Position, tape?: Tape): void {
  addAttention(context, x, position, tape);
  addMlp(context, x, tape);
}

/** The attention of `forwardBlock` alone. */
export function addAttention(context: BlockContext, x: Tensor, position: Position, tape?: Tape): void {
  const { backend, config, block } = context;
  const { norms, queryKeyNorms } = architectureOf(config);
  const { rope, past, cache } = position;
  const scope = new Scope(backend, 'activations');
  try {
    tape?.copy('input', x);
    const normed = normalised(context, scope, x, norms.beforeAttention);
    const projected = (name: Projection): Tensor => scope.own(linear(backend, normed, block, name));
    const turned = (raw: Tensor, norm: NormName): Tensor => {
      const ready = queryKeyNorms ? normalised(context, scope, raw, norm) : raw;
      return rope ? scope.own(backend.rope(ready, rope, config.headDim, past)) : ready;
    };
    const rawQuery = projected('self_attn.q_proj');
    const query = turned(rawQuery, 'self_attn.q_norm');
    const rawKeys = projected('self_attn.k_proj');
    let keys = turned(rawKeys, 'self_attn.k_norm');
    let values = projected('self_attn.v_proj');
    if (cache !== undefined) {
      backend.copyRows(keys, cache.keys, past);
      backend.copyRows(values, cache.values, past);
      ({ keys, values } = cache);
    }
    const mixed = scope.own(backend.attention(query, keys, values, attentionShape(context, position)));
    const attended = add(context, scope, x, mixed, 'self_attn.o_proj', norms.afterAttention);
    tape?.keep(scope, {
      ...(norms.beforeAttention ? { normed } : {}),
      ...(queryKeyNorms ? { rawQuery, rawKeys } : {}),
      query,
      keys,
      values,
      mixed,
      ...(norms.afterAttention && attended ? { attended } : {}),
    });
  } finally {
    scope.free();
  }
}

/** The MLP of `forwardBlock` alone. */
export function addMlp(context: BlockContext, x: Tensor, tape?: Tape): void {
  const { backend, config, block } = context;
  const { norms, activation } = architectureOf(config);
  const scope = new Scope(backend, 'activations');
  try {
    tape?.copy('middle', x);
    const normed = normalised(context, scope, x, norms.beforeMlp);
    const gate = scope.own(linear(backend, normed, block, 'mlp.gate_proj'));
    const up = scope.own(linear(backend, normed, block, 'mlp.up_proj'));
    const inner = scope.own(backend.swiglu(gate, up, activation.kind));
    const made = add(context, scope, x, inner, 'mlp.down_proj', norms.afterMlp);
    tape?.keep(scope, {
      ...(norms.beforeMlp ? { normedMiddle: normed } : {}),
      gate,
      up,
      inner,
      ...(norms.afterMlp && made ? { made } : {}),
    });
  } finally {
    scope.free();
  }
}

/** Returns the attention of a block's kind, without past and windows. */
export function attentionShape(
  { config, kind }: Pick<BlockContext, 'config' | 'kind'>,
  { past, windows = 1 }: Pick<Position, 'past' | 'windows'>,
): AttentionShape {
  const { heads, kvHeads, headDim, scoreScale: scale, scoreCap } = config;
  return {
    heads,
    kvHeads,
    headDim,
    past,
    windows,
    scale,
    ...(kind.window === null ? {} : { span: kind.window }),
    ...(scoreCap === null ? {} : { cap: scoreCap }),
  };
}

/** Returns `x` after a norm of the block, owned by `scope`; `x` itself where there is no such norm. */
function normalised(
  { backend, config, block }: BlockContext,
  scope: Scope,
  x: Tensor,
  norm: NormName | undefined,
): Tensor {
  if (norm === undefined) return x;
  const { gainOffset } = architectureOf(config);
  return scope.own(backend.rmsNorm(x, weight(block, norm), config.rmsNormEps, gainOffset));
}

/**
 * Adds a projection of `input` to the stream `x`, after its norm and times the residual factor where the architecture has them.
 * Returns the projection if it was computed by itself, owned by `scope`.
 */
function add(
  context: BlockContext,
  scope: Scope,
  x: Tensor,
  input: Tensor,
  name: Projection,
  norm: NormName | undefined,
): Tensor | undefined {
  const { backend, config, block } = context;
  const { residualScale } = config;
  if (norm === undefined && residualScale === 1) {
    const options = { orientation: 'nt', into: x, accumulate: true } as const;
    backend.matmul(input, weight(block, name), { ...options, ...bias(block, name) });
    return undefined;
  }
  const projected = scope.own(linear(backend, input, block, name));
  const added = normalised(context, scope, projected, norm);
  backend.copyRows(scope.own(backend.weightedSum(x, 1, added, residualScale)), x, 0);
  return projected;
}

/** Returns a weight of a block. @throws BackendError if the block does not have it. */
export function weight(block: Block, name: BlockTensorName): Tensor {
  const tensor = block.get(`${name}.weight`);
  if (tensor === undefined)
    throw new BackendError(`forward: expected the block to have ${name}.weight, got none`);
  return tensor;
}

function bias(block: Block, name: Projection): { bias?: Tensor } {
  const tensor = block.get(`${name}.bias`);
  return tensor === undefined ? {} : { bias: tensor };
}

/** Returns a projection of `input`, with its bias; the caller frees it. */
export const linear = (backend: Backend, input: Tensor, block: Block, name: Projection): Tensor =>
  backend.matmul(input, weight(block, name), { orientation: 'nt', ...bias(block, name) });
