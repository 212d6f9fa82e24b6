import type { MeasureGroup, Measurement } from '../../engine/jobs';
import { engineRecipe } from '../gaps';
import type { Context } from './context';
import { patch } from './context';
import type { EvaluationActions } from './evaluations';
import { evaluationKey, evaluationOf } from './evaluations';
import type { OnDemand } from './on-demand';
import { onDemand } from './on-demand';
import type { AppState } from './state';

/** What is kept of a measurement of single layers. */
export type MeasuredLayers = Pick<Measurement, 'tensors' | 'blocks' | 'sample'>;

/** By model, recipe, text, backend and groups: a number is only ever drawn beside exactly what it was measured on. */
export type LayersState = OnDemand<MeasuredLayers>;

export const INITIAL_LAYERS: LayersState = { entries: {} };

/** Measurements are small, but every recipe tried adds one. */
const MOST_KEPT = 64;

/** Names what is measured of the recipe on show. */
export const layersKey = (state: AppState, groups: readonly MeasureGroup[]): string =>
  `${groups.join()} ${evaluationKey(state, state.recipe.current)}`;

/** What is known of the layers of the recipe on show, by itself or from Compare, which measures all but ablations. */
export function layersOf(state: AppState, groups: readonly MeasureGroup[]): MeasuredLayers | undefined {
  const own = state.layers.entries[layersKey(state, groups)];
  if (own !== undefined || groups.includes('ablations')) return own;
  return evaluationOf(state, state.recipe.current)?.measurement;
}

/** Measuring the layers of the model that the recipe on show makes. */
export function createLayers({ engine, store }: Context, evaluations: EvaluationActions) {
  const { run, cancel } = onDemand<MeasuredLayers>((change) => patch(store, 'layers', change), MOST_KEPT);

  // Nobody waits for the numbers of a model or recipe that is no longer there.
  store.subscribe(
    (state) => evaluationKey(state, state.recipe.current),
    () => store.getState().layers.running !== undefined && cancel(),
  );

  return {
    cancel,

    /** Measures these groups unless they are known. */
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
