import { Suspense, useCallback, useEffect, useId, useState } from 'react';
import { deferred } from '../controls/deferred';
import type { Lesson } from '../../lessons/format';
import { MAX_LESSON_BYTES } from '../../lessons/size';
import { Dialog } from '../controls/dialog';
import { fileText } from '../files/file-text';
import { isFinished, loadProgress } from '../store/lesson/progress';
import { BUILT_IN, loadLesson } from '../store/lesson/source';
import { toFailure } from '../store/core/failure';
import { askLesson } from '../store/session/ask-lesson';
import { notify } from '../store/session/notices';
import { useApp, useAppState } from '../store/use-app';
import type { PaperKind } from './print/paper';
import { useWords } from './use-words';
import '../styles/lesson.css';

const Paper = deferred(async () => ({ default: (await import('./print/paper')).Paper }));

/** Titles and summaries of the built-in lessons in the chosen language, as they arrive. */
function useBuiltIn(): { lessons: readonly Lesson[]; problem?: string } {
  const { platform } = useApp();
  const language = useAppState((state) => state.language);
  const [found, setFound] = useState<{ lessons: readonly Lesson[]; problem?: string }>({ lessons: [] });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const base = platform.base;
    void Promise.allSettled(BUILT_IN.map((id) => loadLesson(id, { base, language, signal }))).then(
      (results) => {
        if (signal.aborted) return;
        const failed = results.find((result) => result.status === 'rejected');
        setFound({
          lessons: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
          ...(failed && { problem: toFailure(failed.reason).message }),
        });
      },
    );
    return () => controller.abort();
  }, [platform, language]);
  return found;
}

/** Dialog that lists the lessons with how far the learner is, and opens one from elsewhere. */
export function LessonList() {
  const { store, platform } = useApp();
  const { list, paper, editor } = useWords();
  const { lessons, problem } = useBuiltIn();
  const [progress] = useState(() => loadProgress(platform));
  const [address, setAddress] = useState('');
  const [printed, setPrinted] = useState<{ lesson: Lesson; kind: PaperKind }>();
  const back = useCallback(() => setPrinted(undefined), []);
  const id = useId();
  const close = () => store.setState({ dialog: null });
  const open = (name: string) => {
    close();
    askLesson(store, { name });
  };

  // Instead of the dialog, since nothing can lie over a modal one.
  if (printed)
    return (
      <Suspense>
        <Paper {...printed} name={printed.lesson.id} onClose={back} />
      </Suspense>
    );

  return (
    <Dialog title={list.title} wide onClose={close}>
      <p className="hint">{list.introduction}</p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {lessons.length === 0 && problem === undefined && <p>{list.loading}</p>}
      <ol className="lesson-list">
        {lessons.map((lesson) => {
          const known = progress[lesson.id];
          const finished = known !== undefined && isFinished(known);
          const begun = known !== undefined && !finished && known.step > 0;
          return (
            <li key={lesson.id} lang={lesson.language}>
              <div>
                <h3>
                  <a
                    href={`#lesson=${lesson.id}`}
                    onClick={(event) => {
                      event.preventDefault();
                      open(lesson.id);
                    }}
                  >
                    {lesson.title}
                  </a>
                </h3>
                <p>{lesson.summary}</p>
              </div>
              <div className="lesson-facts">
                <span className="hint">
                  {list.minutes(lesson.minutes)}
                  {finished && ` · ${list.finished} ✓`}
                </span>
                <button type="button" className="button" onClick={() => open(lesson.id)}>
                  {begun
                    ? list.resume(known.step + 1, lesson.steps.length)
                    : finished
                      ? list.again
                      : list.begin}
                </button>
                <span className="row">
                  {(['quiz', 'handout'] as const).map((kind) => (
                    <button
                      key={kind}
                      type="button"
                      className="link-button"
                      aria-label={`${paper[kind]}: ${lesson.title}`}
                      onClick={() => setPrinted({ lesson, kind })}
                    >
                      {paper[kind]}
                    </button>
                  ))}
                </span>
              </div>
            </li>
          );
        })}
      </ol>
      <section aria-labelledby={`${id}-own`} className="lesson-own">
        <h3 id={`${id}-own`}>{list.own}</h3>
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (address.trim() !== '') open(address.trim());
          }}
        >
          <input
            aria-label={list.address}
            placeholder="https://host/lesson.json"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
          <button type="submit" className="button">
            {list.load}
          </button>
          <label className="button file-button">
            {list.file}
            <input
              type="file"
              accept=".json,application/json"
              className="visually-hidden"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (!file) return;
                fileText(file, MAX_LESSON_BYTES, 'a lesson').then(
                  (text) => {
                    close();
                    askLesson(store, { name: 'file', file: { name: file.name, text } });
                  },
                  (error: unknown) => notify(store, 'error', file.name, toFailure(error).message),
                );
              }}
            />
          </label>
          <button type="button" className="link-button" onClick={() => open('tour')}>
            {list.tour}
          </button>
          <button
            type="button"
            className="link-button"
            onClick={() => store.setState({ dialog: null, editing: true })}
          >
            {editor.write}
          </button>
        </form>
      </section>
    </Dialog>
  );
}
