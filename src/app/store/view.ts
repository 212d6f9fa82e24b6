import type { TensorName, View } from '../../recipe/view';
import { isPair, recipeGaps } from '../gaps';
import type { Context } from './context';
import { patch } from './context';
import type { AppState } from './state';

/**
 * The gap the stage shows: the chosen one, else the recipe's top-most between two blocks. Undefined without a model or
 * without a gap.
 */
export function shownGap({
  view,
  recipe,
  model,
}: Pick<AppState, 'view' | 'recipe' | 'model'>): number | undefined {
  if (model.info === undefined) return undefined;
  const { layers } = model.info;
  if (view.gap !== null && view.gap < layers) return view.gap;
  const gaps = recipeGaps(recipe.current, layers);
  return gaps.findLast((gap) => isPair(recipe.current, gap, layers)) ?? gaps.at(-1);
}

/** What is looked at. Another gap or tensor has other neurons, so it starts unpinned and at its last half-step. */
export function createView({ store }: Context) {
  const show = (change: Partial<View>) => patch(store, 'view', change);
  return {
    show,

    showGap(gap: number): void {
      if (shownGap(store.getState()) !== gap) show({ gap, cell: null, halfStep: null, part: null });
    },

    showTensor(tensor: TensorName): void {
      const { view } = store.getState();
      if (view.tensor === tensor) return;
      show({ tensor, cell: null, halfStep: null, part: null });
      // Another tensor has other heads and neurons, but the blocks stay.
      if (view.mapPath.length > 0) show({ mapPath: view.mapPath.slice(0, 1), mapCell: null });
    },

    showPart(part: number | null): void {
      show({ part, cell: null, halfStep: null });
    },

    /** The neighbouring gap up (+1) or down (−1) among those of the recipe. */
    stepGap(direction: 1 | -1): void {
      const state = store.getState();
      const shown = shownGap(state);
      if (shown === undefined || state.model.info === undefined) return;
      const gaps = recipeGaps(state.recipe.current, state.model.info.layers);
      const next = direction === 1 ? gaps.find((gap) => gap > shown) : gaps.findLast((gap) => gap < shown);
      if (next !== undefined) this.showGap(next);
    },
  };
}
