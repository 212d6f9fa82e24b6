import { BUDGETS } from '../../recipe/view';
import { ChoiceField } from '../controls/choice-field';
import { RealField } from '../controls/real-field';
import { useApp, useAppState } from '../store/use-app';

/** Fields for the length of training, in minutes or steps, and for equal tokens or equal compute of all arms. */
export function BudgetFields() {
  const { view, recipe } = useApp();
  const { minutes, seeds, budget } = useAppState((state) => state.view);
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
        onChoose={(unit) => view.show({ minutes: unit === 'steps' ? null : 5 })}
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
          onChange={(value) => view.show({ minutes: value })}
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
        onChange={(value) => view.show({ seeds: value })}
      />
      <ChoiceField
        label="Equal in"
        title="Arms whose new blocks sit high cost less per step; with equal compute they get more steps"
        options={BUDGETS.map((option) => [option, option] as const)}
        value={budget}
        onChoose={(value) => view.show({ budget: value })}
      />
    </>
  );
}
