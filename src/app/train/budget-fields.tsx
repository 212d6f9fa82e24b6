import { BUDGETS } from '../../recipe/view';
import { ChoiceField } from '../controls/choice-field';
import { RealField } from '../controls/real-field';
import { useApp, useAppState } from '../store/use-app';

/** Numbers of measurements to choose from, with the chosen one. */
const measurementChoices = (chosen: number | null): number[] =>
  [...new Set([2, 3, 6, 11, 21, ...(chosen === null ? [] : [chosen])])].toSorted((a, b) => a - b);

/** Fields for the length of training, in minutes or steps, and for equal tokens or equal compute of all arms. */
export function BudgetFields() {
  const { recipe } = useApp();
  const { minutes, seeds, budget, measurements } = useAppState((state) => state.view);
  const { steps, tuningSteps } = useAppState((state) => state.recipe.current.training);
  return (
    <>
      <ChoiceField
        label="Budget"
        options={[
          ['minutes', 'time on this device'],
          ['steps', 'steps'],
        ]}
        value={minutes === null ? 'steps' : 'minutes'}
        onChoose={(unit) => recipe.setRace({ minutes: unit === 'steps' ? null : 5 })}
      />
      {minutes === null ? (
        <RealField
          label="Steps on the text"
          title="0 trains on instructions alone"
          value={steps}
          low={0}
          high={1e6}
          whole
          onChange={(value) => recipe.setTraining({ steps: value })}
        />
      ) : (
        <RealField
          label="Minutes"
          title="For the whole race, by the measured speed of this device"
          value={minutes}
          low={1}
          high={10_000}
          whole
          onChange={(value) => recipe.setRace({ minutes: value })}
        />
      )}
      <RealField
        label="Steps on instructions"
        title="After those on the text, with a loss mask: the response alone counts; moments and schedule begin anew"
        value={tuningSteps}
        low={0}
        high={1e6}
        whole
        onChange={(value) => recipe.setTraining({ tuningSteps: value })}
      />
      <RealField
        label="Seeds"
        title="How often every arm is trained, each time on its batches in another order"
        value={seeds}
        low={1}
        high={100}
        whole
        onChange={(value) => recipe.setRace({ seeds: value })}
      />
      <ChoiceField
        label="Measured"
        title="How often the losses of every arm are measured on the held-out texts. Each measurement is a pause, and takes as long whatever the steps"
        options={[
          ['auto', 'automatic, ≤ 6 times'],
          ...measurementChoices(measurements).map(
            (times) => [String(times), times === 2 ? 'twice: start and end' : `${times} times`] as const,
          ),
        ]}
        value={measurements === null ? 'auto' : String(measurements)}
        onChoose={(times) => recipe.setRace({ measurements: times === 'auto' ? null : Number(times) })}
      />
      <ChoiceField
        label="Equal in"
        title="Arms whose new blocks sit high cost less per step; with equal compute they get more steps"
        options={BUDGETS.map((option) => [option, option] as const)}
        value={budget}
        onChoose={(value) => recipe.setRace({ budget: value })}
      />
    </>
  );
}
