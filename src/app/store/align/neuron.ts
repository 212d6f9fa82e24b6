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

/** The parts of the state it reads and changes. */
type Needs = WithBackend &
  WithModel &
  WithRecipe &
  WithView &
  WithAlign &
  WithCell &
  WithEvaluations &
  WithNeuron;

const MAX_ENTRIES = 64;
/** As many of the strongest places as the panel has room for. */
const TOP = 8;

/** Names what a pair of units does on the text in use. It is asked of the base model: only the parents matter. */
export function neuronKey(state: Needs, { gap, row, column }: UnitPair): string {
  return JSON.stringify([gap, state.recipe.current.parents[gap], row, column, evaluationKey(state, null)]);
}

/** Where the text in use comes from: `EvaluationActions` has it. */
interface TextSource {
  currentText(signal: AbortSignal): Promise<string>;
}

/** Finding what drives a pair of MLP units. */
export function createNeuron({ engine, store }: Context<Needs>, texts: TextSource) {
  const { run, cancel } = onDemand<NeuronReport>((change) => patch(store, 'neuron', change), MAX_ENTRIES);

  store.subscribe(
    (state) => state.model.id,
    () => store.getState().neuron.running !== undefined && cancel(),
  );

  return {
    cancel,

    /** Reads the text for the pair in the inspector, unless that is known or under way. */
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
