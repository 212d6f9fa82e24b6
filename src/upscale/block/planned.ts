import type { LlamaConfig } from '../../llama/config';

/** The tensors that have a transport plan, in solving order: o_proj before the MLP, which needs its plan. */
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

/** Number of heads of a tensor's rows; undefined if its rows have no heads. */
export function headCount(
  tensor: PlannedTensor,
  { heads, kvHeads }: Pick<LlamaConfig, 'heads' | 'kvHeads'>,
): number | undefined {
  if (tensor === 'self_attn.q_proj') return heads;
  return tensor === 'self_attn.k_proj' || tensor === 'self_attn.v_proj' ? kvHeads : undefined;
}

/** Result of solving one tensor's plan in one gap. */
export interface PlanSummary {
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly rows: number;
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, `rows` is uniform. */
  readonly planPerplexity: number;
  /** Σ T·M, where the mass of T is 1. */
  readonly transportCost: number;
  /** L1 error of the column marginal. */
  readonly marginalError: number;
  /** The ε used, in units of the cost. 0 for an exact plan; absent if the summary covers several plans. */
  readonly epsilon?: number;
  readonly iterations: number;
  readonly converged: boolean;
}
