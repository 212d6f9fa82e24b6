import type { NeuronReport } from '../../../engine/jobs';
import { engineRecipe } from '../../methods/gaps';
import { onDemand } from '../core/on-demand';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { UnitPair } from '../derived/cell';
import { shownUnits } from '../derived/cell';
import { evaluationKey } from '../derived/evaluation';
import type { WithAlign } from '../state/align';
import type { WithBackend } from '../state/backend';
import type { WithCell } from '../state/cell';
import type { WithEvaluations } from '../state/evaluations';
import type { WithModel } from '../state/model';
import type { WithNeuron } from '../state/neuron';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

type Needs = WithBackend &
  WithModel &
  WithRecipe &
  WithView &
  WithAlign &
  WithCell &
  WithEvaluations &
  WithNeuron;

const MAX_ENTRIES = 64;
/** Number of strongest text positions; the panel has room for these. */
const TOP = 8;

/** Key of the report on a pair of units on the current text. It is of the base model, so only the parents matter. */
export function neuronKey(state: Needs, { gap, row, column }: UnitPair): string {
  return JSON.stringify([gap, state.recipe.current.parents[gap], row, column, evaluationKey(state, null)]);
}

/** Source of the current text; `EvaluationActions` is one. */
interface TextSource {
  currentText(signal: AbortSignal): Promise<string>;
}

/** Actions that find which tokens activate a pair of MLP units. */
export function createNeuron({ engine, store }: Context<Needs>, texts: TextSource) {
  const { run, cancel } = onDemand<NeuronReport>((change) => patch(store, 'neuron', change), MAX_ENTRIES);

  store.subscribe(
    (state) => state.model.id,
    () => store.getState().neuron.running !== undefined && cancel(),
  );

  return {
    cancel,

    /** Requests the report on the pair in the inspector, unless it is known or running. */
    async read(): Promise<void> {
      const state = store.getState();
      const units = shownUnits(state);
      const { info } = state.model;
      if (units === undefined || info === undefined) return;
      const key = neuronKey(state, units);
      if (state.neuron.entries[key] !== undefined || state.neuron.running === key) return;
      const recipe = engineRecipe(state.recipe.current, info.layers);
      const maxTokens = state.view.tokens;
      await run(key, async (options) => {
        const text = await texts.currentText(options.signal);
        return engine.run('neuron', { recipe, ...units, text, maxTokens, top: TOP }, options);
      });
    },
  };
}
