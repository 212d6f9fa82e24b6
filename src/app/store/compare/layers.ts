import type { MeasureGroup } from '../../../engine/jobs';
import { engineRecipe } from '../../methods/gaps';
import { onDemand } from '../core/on-demand';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { evaluationKey } from '../derived/evaluation';
import { layersKey, layersOf } from '../derived/layers';
import type { WithBackend } from '../state/backend';
import type { WithEvaluations } from '../state/evaluations';
import type { MeasuredLayers, WithLayers } from '../state/layers';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import type { EvaluationActions } from './evaluations';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithEvaluations & WithLayers;

/** Cache size; each measurement is small, but every recipe adds one. */
const MAX_ENTRIES = 64;

/** Actions that measure the layers of the current recipe's model. */
export function createLayers({ engine, store }: Context<Needs>, evaluations: EvaluationActions) {
  const { run, cancel } = onDemand<MeasuredLayers>((change) => patch(store, 'layers', change), MAX_ENTRIES);

  // Cancel a measurement when its model or recipe is no longer current.
  store.subscribe(
    (state) => evaluationKey(state, state.recipe.current),
    () => store.getState().layers.running !== undefined && cancel(),
  );

  return {
    cancel,

    /** Measures these groups, unless they are known. */
    async measure(groups: readonly MeasureGroup[]): Promise<void> {
      const state = store.getState();
      const { info } = state.model;
      if (groups.length === 0 || info === undefined || layersOf(state, groups) !== undefined) return;
      const recipe = engineRecipe(state.recipe.current, info.layers);
      const maxTokens = state.view.tokens;
      await run(layersKey(state, groups), async (options) => {
        const text = await evaluations.currentText(options.signal);
        const { blocks, tensors, sample } = await engine.run(
          'measure',
          { recipe, text, maxTokens, groups },
          options,
        );
        return { blocks, tensors, sample };
      });
    },
  };
}
