import { METHOD_IDS } from '../../engine/methods';
import { decodeLink, linkFields, type LinkState } from '../../recipe/link';
import { recipeGaps } from '../methods/gaps';
import { hasZeroStart } from '../methods/zero-start';
import type { AppState } from '../store/app';
import { shownGap } from '../store/derived/gap';

/**
 * True if every field of a link fragment has the given value on the page now. A default that the page resolves counts as what it
 * stands for here: the topmost gap, the gaps of a preset, and the zero start that the method decides.
 */
export function hasState(state: AppState, fragment: string): boolean {
  const { state: wanted } = decodeLink(fragment, METHOD_IDS);
  const now = linkFields(resolved(state, { recipe: state.recipe.current, view: state.view }));
  const then = linkFields(resolved(state, wanted));
  return [...new URLSearchParams(fragment.replace(/^#/, '')).keys()].every(
    (key) => now.get(key) === then.get(key),
  );
}

function resolved(state: AppState, { recipe, view }: LinkState): LinkState {
  const current = state.recipe.current;
  const layers = state.model.info?.layers ?? 0;
  const gaps = recipeGaps({ ...current, gaps: recipe.gaps }, layers);
  return {
    recipe: {
      ...recipe,
      gaps: gaps.length === 0 ? recipe.gaps : gaps,
      zeroInit: hasZeroStart({ ...current, zeroInit: recipe.zeroInit }),
    },
    view: { ...view, gap: shownGap({ ...state, view: { ...state.view, gap: view.gap } }) ?? view.gap },
  };
}
