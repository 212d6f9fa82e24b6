import { Suspense, useEffect, useRef, useState } from 'react';
import type { Step } from '../../lessons/format';
import { Busy } from '../controls/busy';
import { CheckIcon } from '../controls/icons';
import type { StepRecord } from '../store/state/lesson';
import { useAppState } from '../store/use-app';
import { ACTIVITY_COMPONENTS } from './activities';
import { ChoicePrediction } from './choice-prediction';
import { pressControl } from './press';
import { Prose } from './prose';
import { useLesson } from './use-lesson';
import { useWords } from './use-words';
import { ValuePrediction } from './value-prediction';

interface StepProps {
  readonly step: Step;
  readonly record: StepRecord;
}

function Activity({ step }: Pick<StepProps, 'step'>) {
  const { report } = useLesson();
  const press = useAppState(({ lesson }) => lesson.press);
  const Component = step.activity && ACTIVITY_COMPONENTS[step.activity];
  if (!Component) return null;
  return (
    <Suspense>
      <Component report={report} press={press} />
    </Suspense>
  );
}

/** Sets the state that the step is about and presses the button that it names; says so while it waits. */
function ShowMe({ step }: Pick<StepProps, 'step'>) {
  const { show, press } = useLesson();
  const { panel } = useWords();
  const [working, setWorking] = useState(false);
  const waiting = useRef<AbortController>(undefined);
  useEffect(() => () => waiting.current?.abort(), []);

  async function showMe(): Promise<void> {
    show();
    const wanted = step.show?.press;
    if (wanted === 'activity') {
      press();
      return;
    }
    setWorking(true);
    waiting.current?.abort();
    waiting.current = new AbortController();
    if (wanted !== undefined && !(await pressControl(wanted, waiting.current.signal))) setWorking(false);
  }

  return (
    <div className="row">
      <button type="button" className="button show-me" onClick={() => void showMe()}>
        {panel.showMe}
      </button>
      {working && <Busy label={panel.working} />}
    </div>
  );
}

/** Scrolls an element into sight when the condition becomes true, but not if it is true from the start. */
function useScrolledTo(when: boolean, block: ScrollLogicalPosition) {
  const ref = useRef<HTMLElement>(null);
  const before = useRef(when);
  useEffect(() => {
    if (when && !before.current) ref.current?.scrollIntoView({ block });
    before.current = when;
  }, [when, block]);
  return ref;
}

/** One step: what it is about, the prediction, what to do, and when it is done, what was seen. */
export function StepView({ step, record }: StepProps) {
  const { panel } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const asks = step.predict !== undefined && record.guess === undefined && !record.done;

  const todo = useScrolledTo(!asks, 'start');
  const seen = useScrolledTo(record.done, 'nearest');

  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {step.title}
      </h3>
      <Prose text={step.text} />
      {step.predict?.kind === 'choice' && <ChoicePrediction predict={step.predict} record={record} />}
      {step.predict?.kind === 'value' && <ValuePrediction predict={step.predict} record={record} />}
      {!asks && step.do !== undefined && (
        <section ref={todo} className="todo" data-done={record.done} aria-label={panel.todo}>
          <Prose text={step.do} />
          {step.activity !== undefined && <Activity step={step} />}
          {step.show && !record.done && <ShowMe step={step} />}
        </section>
      )}
      {!asks && step.do === undefined && step.activity !== undefined && <Activity step={step} />}
      <div aria-live="polite">
        {record.done && step.seen !== undefined && (
          <section ref={seen} className="seen" aria-label={panel.seen}>
            <CheckIcon />
            <div>
              <Prose text={step.seen} kept={record.readings} />
            </div>
          </section>
        )}
      </div>
    </>
  );
}
