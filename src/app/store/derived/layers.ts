import { COSTLY_GROUPS, type MeasureGroup } from '../../../engine/jobs';
import type { MeasuredLayers, WithLayers } from '../state/layers';
import type { EvaluationNeeds } from './evaluation';
import { evaluationKey, evaluationOf } from './evaluation';

/** The parts of the state that measurements of layers depend on. */
export type LayersNeeds = EvaluationNeeds & WithLayers;

/** Key of a measurement of the current recipe. */
export const layersKey = (state: LayersNeeds, groups: readonly MeasureGroup[]): string =>
  `${groups.join()} ${evaluationKey(state, state.recipe.current)}`;

/** Measured layers of the current recipe: from the tower, or from Compare, which measures all but what is costly. */
export function layersOf(state: LayersNeeds, groups: readonly MeasureGroup[]): MeasuredLayers | undefined {
  const own = state.layers.entries[layersKey(state, groups)];
  if (own !== undefined || groups.some((group) => COSTLY_GROUPS.includes(group))) return own;
  return evaluationOf(state, state.recipe.current)?.measurement;
}
