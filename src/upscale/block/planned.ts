import type { LlamaConfig } from '../../llama/config';

/** The tensors of a block that have a transport plan, in the order their plans are needed: o_proj's before the MLP's. */
export const PLANNED_TENSORS = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
export type PlannedTensor = (typeof PLANNED_TENSORS)[number];

/** How many heads the rows of a tensor belong to; undefined where they belong to none. */
export function headCount(
  tensor: PlannedTensor,
  { heads, kvHeads }: Pick<LlamaConfig, 'heads' | 'kvHeads'>,
): number | undefined {
  if (tensor === 'self_attn.q_proj') return heads;
  return tensor === 'self_attn.k_proj' || tensor === 'self_attn.v_proj' ? kvHeads : undefined;
}

/** What became of one tensor's plan in one gap. */
export interface PlanSummary {
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly rows: number;
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, `rows` is uniform. */
  readonly planPerplexity: number;
  /** Σ T·M at mass 1. */
  readonly transportCost: number;
  /** L1 error of the column marginal. */
  readonly marginalError: number;
  /** The ε used, in units of the cost; 0 for an exact plan, absent where several plans share this summary. */
  readonly epsilon?: number;
  readonly iterations: number;
  readonly converged: boolean;
}
