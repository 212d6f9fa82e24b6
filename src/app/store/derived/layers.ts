import type { MeasureGroup } from '../../../engine/jobs';
import type { MeasuredLayers, WithLayers } from '../state/layers';
import { evaluationKey, evaluationOf } from './evaluation';
import type { WithBackend } from '../state/backend';
import type { WithEvaluations } from '../state/evaluations';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** The parts of the state that this is derived from. */
type Needs = WithBackend & WithModel & WithRecipe & WithView & WithEvaluations & WithLayers;

/** Names what is measured of the recipe on show. */
export const layersKey = (state: Needs, groups: readonly MeasureGroup[]): string =>
  `${groups.join()} ${evaluationKey(state, state.recipe.current)}`;

/** What is known of the layers of the recipe on show, by itself or from Compare, which measures all but ablations. */
export function layersOf(state: Needs, groups: readonly MeasureGroup[]): MeasuredLayers | undefined {
  const own = state.layers.entries[layersKey(state, groups)];
  if (own !== undefined || groups.includes('ablations')) return own;
  return evaluationOf(state, state.recipe.current)?.measurement;
}
