import type { CellAddress, Panes, SecondPicture, TensorName, View } from '../../../recipe/view';
import { NEXT } from '../../../recipe/against';
import { DEFAULT_VIEW } from '../../../recipe/view';
import { planOf } from '../../methods/methods';
import { recipeGaps } from '../../methods/gaps';
import { TENSOR_INFO } from '../../words/tensors';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownGap } from '../derived/gap';
import { showsNull } from '../derived/null';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

type Needs = WithModel & WithRecipe & WithView;

/** The draw that is shown beside a plan. */
const FIRST_NULL = { kind: 'null', draw: 0 } as const;

/** Actions that change the view. A new gap or tensor has other neurons, so pin and half-step are reset. */
export function createView({ store }: Context<Needs>) {
  const show = (change: Partial<View>) => patch(store, 'view', change);
  return {
    show,

    showGap(gap: number): void {
      if (shownGap(store.getState()) !== gap) show({ gap, cell: null, halfStep: null, part: null });
    },

    showTensor(tensor: TensorName): void {
      const { view, model } = store.getState();
      if (view.tensor === tensor) return;
      const rows = (name: TensorName) => model.info && TENSOR_INFO[name].rows(model.info);
      const window = view.part === null && rows(view.tensor) === rows(tensor) ? view.window : null;
      show({ tensor, cell: null, halfStep: null, part: null, window });
      // Another tensor has other heads and neurons; only the opened blocks stay.
      if (view.mapPath.length > 0) show({ mapPath: view.mapPath.slice(0, 1), mapCell: null });
    },

    /** Opens the second picture. Its default method is the exact one beside a soft plan, else the rescaled soft plan. */
    openSecond(): void {
      const { view, recipe } = store.getState();
      if (view.panes !== 'off') return;
      const same = Object.values(view.second).every((value) => value === null);
      const method = planOf(recipe.current) === 'entropic' ? 'opt-deus:hard' : 'opt-deus:paper';
      show({ panes: 'both', ...(same && { second: { ...view.second, method } }) });
    },

    closeSecond(): void {
      show({ panes: 'off' });
    },

    /** Shows the null beside the plan, or the plan alone again. */
    toggleNull(): void {
      const { view } = store.getState();
      const { second } = DEFAULT_VIEW;
      if (showsNull({ view })) show({ panes: 'off', second });
      else show({ panes: 'both', ribbons: false, against: NEXT, second: { ...second, against: FIRST_NULL } });
    },

    showPanes(panes: Panes): void {
      show({ panes });
    },

    /** Changes settings of the second picture. */
    changeSecond(change: Partial<SecondPicture>): void {
      show({ second: { ...store.getState().view.second, ...change } });
    },

    /** Shows another tensor of the gap with this pair of neurons pinned. */
    showPair(tensor: TensorName, cell: CellAddress): void {
      this.showTensor(tensor);
      show({ cell });
    },

    showPart(part: number | null): void {
      show({ part, cell: null, halfStep: null, window: null });
    },

    /** Shows the recipe's next gap up (+1) or down (−1). */
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
