import { TENSOR_INFO } from '../../words/tensors';
import type { WithAlign } from '../state/align';
import type { EvaluationNeeds } from './evaluation';
import { evaluationOf } from './evaluation';
import { sharpnessKey, sharpnessOf } from './solve';

/** Known sharpness of the plans of the tensor on show, by gap; from evaluations and from alignments. */
export function knownSharpness(state: EvaluationNeeds & WithAlign): Readonly<Record<number, number>> {
  const { tensor } = state.view;
  const recipe = state.recipe.current;
  const known: Record<number, number> = {};
  for (const plan of evaluationOf(state, recipe)?.result?.plans ?? [])
    if (plan.tensor === TENSOR_INFO[tensor].fullName)
      known[plan.gap] = sharpnessOf(plan.planPerplexity, plan.rows);
  for (let gap = 0; gap < (state.model.info?.layers ?? 0); gap++) {
    const measured = state.align.sharpness[sharpnessKey(state.model.id, recipe, gap, tensor)];
    if (measured !== undefined) known[gap] = measured;
  }
  return known;
}
