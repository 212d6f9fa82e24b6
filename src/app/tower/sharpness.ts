import { evaluationOf } from '../store/derived/evaluation';
import { sharpnessKey, sharpnessOf } from '../store/derived/solve';
import type { AppState } from '../store/app';
import { TENSOR_WORDS } from '../tensors';

/** Sharpness of the shown tensor's plan by gap, where it has been measured: by an evaluation or by looking at it. */
export function knownSharpness(state: AppState): Readonly<Record<number, number>> {
  const { tensor } = state.view;
  const recipe = state.recipe.current;
  const known: Record<number, number> = {};
  for (const plan of evaluationOf(state, recipe)?.result?.plans ?? [])
    if (plan.tensor === TENSOR_WORDS[tensor].planned)
      known[plan.gap] = sharpnessOf(plan.planPerplexity, plan.rows);
  for (let gap = 0; gap < (state.model.info?.layers ?? 0); gap++) {
    const measured = state.align.sharpness[sharpnessKey(state.model.id, recipe, gap, tensor)];
    if (measured !== undefined) known[gap] = measured;
  }
  return known;
}
