import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { PlannedTensor } from './planned';

/** Norms of q and k, by the projection whose outputs they normalise. */
const NORM_OF: Partial<Record<PlannedTensor, string>> = {
  'self_attn.q_proj': 'self_attn.q_norm.weight',
  'self_attn.k_proj': 'self_attn.k_norm.weight',
};

/**
 * Returns the keys of the vectors that have one number for each row of a projection, and so move with its rows: its bias, and the norm
 * of its whole output (OLMo 2). A norm of every head by itself is shared by the heads and moves with none of them.
 */
export function companionsOf(config: LlamaConfig, tensor: PlannedTensor): string[] {
  const norm = architectureOf(config).queryKeyNorms === 'width' ? NORM_OF[tensor] : undefined;
  return [`${tensor}.bias`, ...(norm === undefined ? [] : [norm])];
}

/** True for a norm that moves with the rows of a projection. */
export const isCompanionNorm = (config: LlamaConfig, key: string): boolean =>
  architectureOf(config).queryKeyNorms === 'width' && Object.values(NORM_OF).includes(key);
