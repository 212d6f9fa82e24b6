import type { Tensor } from '../../backend/operations';
import type { ComparedBlocks } from '../contract/context';
import type { PlanSummary } from '../block/planned';
import { headPlans } from './head-plans';
import type { HeadMatch } from './match';
import { comparesOutputs, matchUnits, type StructuredContext } from './unit-plan';
import { valueDimensions } from './units';

/**
 * Solves one plan per group between value dimensions.
 * @returns Pᵀ `[h, h]` per group of the next block, owned by the caller, and the summary of all plans.
 */
export async function valueMaps(
  context: StructuredContext,
  compared: ComparedBlocks,
  match: HeadMatch,
): Promise<{ maps: Tensor[]; summary: PlanSummary }> {
  const { backend, config, gap, signal } = context;
  const { kvHeads, headDim } = config;
  const units = await valueDimensions(backend, compared, config, match, comparesOutputs(context), signal);
  try {
    const heads = { heads: kvHeads, headDim, scale: 'rescaled', signal } as const;
    const { maps, numbers } = await headPlans(backend, units, (rows) => matchUnits(context, rows), heads);
    return { maps, summary: { gap, tensor: 'self_attn.v_proj', rows: headDim, ...numbers } };
  } finally {
    backend.free(units.a, units.b);
  }
}
