import { RACES } from '../../recipe/view';
import { Segments } from '../controls/segments';
import { patch } from '../store/core/store';
import { RACE_TITLES } from '../store/train/race-setup';
import { useApp, useAppState } from '../store/use-app';
import { ArmList } from './arm-list';
import { BudgetFields } from './budget-fields';
import { Forecast } from './forecast';
import { OptimiserFields } from './optimiser-fields';
import { TextFields } from './text-fields';

const QUESTIONS = {
  paper:
    'The arms of the paper’s table, each trained as its authors do: only new blocks, but for the base and SOLAR, which train everything. They differ in gaps, zeroing and what learns, so no single cause can be named for a difference.',
  alignment:
    'All arms add zeroed blocks at the same places and differ only in what the new rows are. If aligned ones do not beat copies, halves and random rows, it is not alignment.',
  positions:
    'The same method elsewhere. Back-propagation stops at the lowest new block, so blocks near the top train faster; look at the losses against compute, too.',
  count: 'One, two, four … new blocks in the topmost gaps.',
  own: 'Put together your own: choose method and gaps beside, add them, change them, add those.',
} as const;

/** Form for a new race: arms, texts, length. */
export function RaceSetupForm() {
  const { store, recipe } = useApp();
  const race = useAppState((state) => state.view.race);
  const prompt = useAppState((state) => state.race.prompt);
  return (
    <div className="race-setup" data-control="race-setup">
      <Segments
        name="Question"
        options={RACES.map((id) => ({ value: id, label: RACE_TITLES[id] }))}
        value={race}
        onChoose={(id) => recipe.setRace({ race: id, without: [] })}
      />
      <p className="hint">{QUESTIONS[race]}</p>
      <ArmList />
      <div className="race-fields">
        <TextFields />
        <BudgetFields />
      </div>
      <details>
        <summary>Optimiser, batches and what learns</summary>
        <div className="race-fields">
          <OptimiserFields />
          <div className="field stacked race-prompt-field">
            <label htmlFor="race-prompt">Prompt that every arm continues on its way</label>
            <input
              id="race-prompt"
              value={prompt}
              onChange={({ target }) => patch(store, 'race', { prompt: target.value })}
            />
          </div>
        </div>
      </details>
      <Forecast />
    </div>
  );
}
