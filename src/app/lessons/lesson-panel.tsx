import { useState } from 'react';
import { ActionButton } from '../controls/action-button';
import { ChevronIcon, ScreenIcon } from '../controls/icons';
import { useApp, useAppState } from '../store/use-app';
import { LeaveButton } from './leave-button';
import { StepButtons } from './step-buttons';
import { StepView } from './step-view';
import { useLesson } from './use-lesson';
import { usePresenterKeys } from './use-presenter-keys';
import { usePointed } from './use-pointed';
import { useWords } from './use-words';

/** The panel beside the stage in which a lesson runs; on narrow screens a sheet at the bottom that can be folded. */
export function LessonPanel() {
  const { go, restart } = useLesson();
  const { panel } = useWords();
  const { view } = useApp();
  const presenter = useAppState((state) => state.view.presenter);
  const lesson = useAppState((state) => state.lesson.lesson);
  const records = useAppState((state) => state.lesson.records);
  const index = useAppState(({ view }) => view.step - 1);
  const [folded, setFolded] = useState(false);
  const step = lesson?.steps[index];
  const record = records[index];
  usePointed(step?.point);
  usePresenterKeys(presenter);
  if (lesson === undefined || step === undefined || record === undefined) return null;
  const reached = records.findIndex(({ done }) => !done);

  return (
    <aside
      className="lesson"
      lang={lesson.language}
      data-folded={folded}
      aria-label={`${panel.label}: ${lesson.title}`}
    >
      <header>
        <div className="row spread">
          <h2>{lesson.title}</h2>
          <span className="row">
            <button
              type="button"
              className="icon-button lesson-fold"
              aria-label={folded ? panel.grow : panel.shrink}
              aria-expanded={!folded}
              onClick={() => setFolded(!folded)}
            >
              <ChevronIcon />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={panel.presenter}
              title={panel.presenterTitle}
              aria-pressed={presenter}
              onClick={() => view.show({ presenter: !presenter })}
            >
              <ScreenIcon />
            </button>
            <LeaveButton />
          </span>
        </div>
        <ol className="lesson-steps">
          {lesson.steps.map(({ title }, k) => {
            const open = reached === -1 || k <= reached;
            return (
              <li key={title} data-state={records[k]?.done === true ? 'done' : 'open'}>
                <ActionButton
                  aria-label={`${panel.step(k + 1, lesson.steps.length)}: ${title}`}
                  aria-current={k === index ? 'step' : undefined}
                  title={title}
                  unavailable={open ? undefined : panel.doFirst}
                  onClick={() => go(k)}
                />
              </li>
            );
          })}
        </ol>
      </header>
      {!folded && (
        <>
          {/* It scrolls, and a step that is done may have nothing else in it to reach by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className="lesson-body" tabIndex={0} role="region" aria-label={panel.label}>
            <p className="kicker">{panel.step(index + 1, lesson.steps.length)}</p>
            <StepView key={`${lesson.id} ${index}`} step={step} record={record} />
          </div>
          <footer>
            <StepButtons />
            {reached === -1 && index === lesson.steps.length - 1 && (
              <button type="button" className="link-button" onClick={restart}>
                {panel.restart}
              </button>
            )}
          </footer>
        </>
      )}
    </aside>
  );
}
