import type { ModelInfo } from '../../engine/jobs';

/** How a block's parameters divide, as fractions of its larger half. */
export interface BlockShares {
  readonly attention: number;
  readonly mlp: number;
  /** The part of attention that is o_proj, and of the MLP that is down_proj: what zero-initialisation empties. */
  readonly attentionOut: number;
  readonly mlpOut: number;
}

export function blockShares(model: ModelInfo): BlockShares {
  const { hiddenSize: d, intermediateSize: m } = model;
  const queries = model.heads * model.headDim;
  const keys = model.kvHeads * model.headDim;
  const attention = d * (2 * queries + 2 * keys);
  const mlp = 3 * d * m;
  const largest = Math.max(attention, mlp);
  return {
    attention: attention / largest,
    mlp: mlp / largest,
    attentionOut: (queries * d) / attention,
    mlpOut: 1 / 3,
  };
}
