import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import type { Lesson } from '../../../lessons/format';
import { loadProgress } from '../../store/lesson/progress';
import { useApp } from '../../store/use-app';
import { useWords } from '../use-words';
import { Handout } from './handout';
import { QuizSheet } from './quiz-sheet';
import '../../styles/paper.css';

export type PaperKind = 'quiz' | 'handout';

interface PaperViewProps {
  readonly lesson: Lesson;
  readonly kind: PaperKind;
  /** Name under which the lesson's progress is kept and its link knows it; undefined: it has no address. */
  readonly name: string | undefined;
  readonly onClose: () => void;
}

/** A lesson on paper, shown over the page: a quiz sheet or a handout, with a button that prints it. */
export function Paper({ lesson, kind, name, onClose }: PaperViewProps) {
  const { platform } = useApp();
  const { paper } = useWords();
  const heading = useRef<HTMLButtonElement>(null);
  const records = loadProgress(platform)[name ?? `file:${lesson.id}`]?.records ?? [];
  const address =
    name === undefined
      ? undefined
      : new URL(`#lesson=${name}`, `${location.origin}${location.pathname}`).href;
  const Sheet = kind === 'quiz' ? QuizSheet : Handout;

  useEffect(() => {
    const root = document.getElementById('root');
    if (root) root.inert = true;
    heading.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        // Else the same key would close the dialog that comes back.
        event.preventDefault();
        onClose();
      }
      // Keys of the page do nothing while paper lies over it.
      event.stopPropagation();
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => {
      if (root) root.inert = false;
      removeEventListener('keydown', onKey, { capture: true });
    };
  }, [onClose]);

  return createPortal(
    <div className="paper" role="dialog" aria-modal="true" aria-label={`${lesson.title}: ${paper[kind]}`}>
      <div className="paper-tools">
        <button ref={heading} type="button" className="button primary" onClick={() => print()}>
          {paper.print}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {paper.close}
        </button>
      </div>
      <article className="paper-sheet" lang={lesson.language}>
        <Sheet lesson={lesson} records={records} words={paper} address={address} />
      </article>
    </div>,
    document.body,
  );
}
