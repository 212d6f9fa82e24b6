import type { NeuronReport } from '../../engine/jobs';
import type { CellAddress } from '../../recipe/view';
import { engineRecipe } from '../gaps';
import { shownCell } from './cell';
import type { Context } from './context';
import { patch } from './context';
import type { EvaluationActions } from './evaluations';
import { evaluationKey } from './evaluations';
import type { OnDemand } from './on-demand';
import { onDemand } from './on-demand';
import type { AppState } from './state';

export type NeuronState = OnDemand<NeuronReport>;

export const INITIAL_NEURON: NeuronState = { entries: {} };

const MOST_KEPT = 64;
/** As many of the strongest places as the panel has room for. */
const TOP = 8;

/** A pair of MLP units, in the gap on show. */
interface UnitPair extends CellAddress {
  readonly gap: number;
}

/** The pair in the inspector, where its rows and columns are MLP units. */
export function shownUnits(state: AppState): UnitPair | undefined {
  const { subject } = state.align;
  const cell = shownCell(state);
  if (subject === undefined || cell === undefined || (subject.tensor !== 'gate' && subject.tensor !== 'up'))
    return undefined;
  return cell.row < subject.rows && cell.column < subject.columns ? { gap: subject.gap, ...cell } : undefined;
}

/** Names what a pair of units does on the text in use. It is asked of the base model: only the parents matter. */
export function neuronKey(state: AppState, { gap, row, column }: UnitPair): string {
  return JSON.stringify([gap, state.recipe.current.parents[gap], row, column, evaluationKey(state, null)]);
}

/** Finding what drives a pair of MLP units. */
export function createNeuron({ engine, store }: Context, evaluations: EvaluationActions) {
  const { run, cancel } = onDemand<NeuronReport>((change) => patch(store, 'neuron', change), MOST_KEPT);

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
        const text = await evaluations.currentText(options.signal);
        return engine.run('neuron', { recipe, ...units, text, maxTokens, top: TOP }, options);
      });
    },
  };
}
