import type { SavedLoss } from '../../../engine/jobs';
import type { WithExport } from '../state/export';
import type { WithRace } from '../state/race';
import { type EvaluationNeeds, evaluationKey } from './evaluation';

type Needs = EvaluationNeeds & WithExport & WithRace;

/** Key of what is measured before an export: the model to save, what it is saved in, text and backend. */
export function savedLossKey(state: Needs): string {
  const { arm, dtype } = state.exporting;
  const { race } = state.race;
  const run = race?.runs.find(({ name }) => name === arm);
  const trained = run && [run.name, run.losses.length, race?.text];
  return JSON.stringify([evaluationKey(state, run ? null : state.recipe.current), trained, dtype]);
}

/** What was measured of the model to save; undefined if nothing was. */
export const savedLossOf = (state: Needs): SavedLoss | undefined =>
  state.exporting.losses.entries[savedLossKey(state)];
