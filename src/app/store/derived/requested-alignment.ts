import { fillsGaps, hasTwoParents } from '../../methods/gaps';
import type { WithAlign } from '../state/align';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { shownGap } from './gap';
import { shownPart } from './part';
import { solveKey, solvedRecipe } from './solve';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithAlign;

/** Requested when there is nothing to align: the method fills no gaps, or the gap has no two parents. */
export const NO_PAIR = 'nothing';

/** Key of everything that the alignment of this state depends on; undefined if there is no model or gap. */
export function alignmentKey(state: Needs): string | undefined {
  const { model, backend, recipe, view } = state;
  const gap = shownGap(state);
  const solving = solvedRecipe(state);
  if (model.info === undefined || backend.status !== 'ready') return undefined;
  if (!fillsGaps(recipe.current.method)) return NO_PAIR;
  if (gap === undefined) return undefined;
  if (!hasTwoParents(recipe.current, gap, model.info.layers)) return NO_PAIR;
  return JSON.stringify([model.id, solveKey(solving, gap), gap, view.tensor, shownPart(state), view.against]);
}

/** The alignment that the page needs now; a change starts a new solve. Undefined if it needs none. */
export const requestedAlignment = (state: Needs): string | undefined =>
  state.view.tab === 'align' ? alignmentKey(state) : undefined;
