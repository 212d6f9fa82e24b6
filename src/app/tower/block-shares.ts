import type { ModelInfo } from '../../engine/jobs';

/** Parameters of attention and MLP, as fractions of the larger of the two. */
export interface BlockShares {
  readonly attention: number;
  readonly mlp: number;
  /** Share of o_proj in attention and of down_proj in the MLP, which the zero start sets to zero. */
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
