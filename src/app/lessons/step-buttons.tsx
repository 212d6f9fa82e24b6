import { ActionButton } from '../controls/action-button';
import { useAppState } from '../store/use-app';
import { useLesson } from './use-lesson';
import { useWords } from './use-words';

/** Back, and Next as soon as the step is done. */
export function StepButtons() {
  const { go, leave } = useLesson();
  const { panel } = useWords();
  const index = useAppState(({ view }) => view.step - 1);
  const steps = useAppState(({ lesson }) => lesson.lesson?.steps.length ?? 0);
  const record = useAppState(({ lesson }) => lesson.records[index]);
  const asks = useAppState(({ lesson }) => lesson.lesson?.steps[index]?.predict !== undefined);
  const last = index === steps - 1;
  const why =
    record?.done === true
      ? undefined
      : asks && record?.guess === undefined
        ? panel.predictFirst
        : panel.doFirst;
  return (
    <div className="row spread step-buttons">
      {index > 0 ? (
        <button type="button" className="button quiet" onClick={() => go(index - 1)}>
          {panel.back}
        </button>
      ) : (
        <span />
      )}
      <ActionButton
        className="button primary"
        unavailable={why}
        onClick={() => (last ? void leave() : go(index + 1))}
      >
        {last ? panel.finish : panel.next}
      </ActionButton>
    </div>
  );
}
