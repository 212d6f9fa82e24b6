import { useState } from 'react';
import { METHOD_IDS } from '../../../engine/methods';
import {
  type Draft,
  NEW_DRAFT,
  NEW_STEP,
  type StepDraft,
  draftData,
  draftOf,
  readDraft,
} from '../../../lessons/draft';
import { LANGUAGES } from '../../../lessons/languages';
import { LessonError, parseLesson } from '../../../lessons/format';
import { MAX_LESSON_BYTES } from '../../../lessons/size';
import { ActionButton } from '../../controls/action-button';
import { CopyButton } from '../../controls/copy-button';
import { CloseIcon } from '../../controls/icons';
import { download } from '../../files/download';
import { fileText } from '../../files/file-text';
import { toFailure } from '../../store/core/failure';
import { recorded } from '../../store/lesson/recorded';
import { readLesson } from '../../store/lesson/source';
import { askLesson } from '../../store/session/ask-lesson';
import { notify, notifyNotKept } from '../../store/session/notices';
import { useApp } from '../../store/use-app';
import { useWords } from '../use-words';
import { Choice, TextField } from './fields';
import { StepFields } from './step-fields';
import '../../styles/lesson.css';
import '../../styles/editor.css';

const STORAGE_KEY = 'interlayer.draft';

/** What was deleted last: a step, or a whole draft in whose place another came. */
type Removed = { readonly title: string } & (
  { readonly step: StepDraft; readonly index: number } | { readonly undo: () => void }
);

/** Returns what is wrong with a draft, at which step; undefined if it can be played. */
function problemOf(draft: Draft): string | undefined {
  try {
    parseLesson(draftData(draft), METHOD_IDS);
    return undefined;
  } catch (error) {
    // A draft is not loaded again: it is checked while it is written.
    if (error instanceof LessonError)
      return error.message.replace(' Correct it and load the lesson again.', '');
    throw error;
  }
}

/** States of a draft that are written so far. */
const statesOf = ({ state, steps }: Draft) => ({
  state,
  steps: steps.map((step) => ({ state: step.state, show: { state: step.show } })),
});

/** Panel in which a lesson is written, in the place of the lesson that plays. What is written is kept at once. */
export function LessonEditor() {
  const { store, platform } = useApp();
  const { editor } = useWords();
  const { fields } = editor;
  const [draft, setDraft] = useState(() => readDraft(platform.loadText(STORAGE_KEY)));
  const [at, setAt] = useState(0);
  const [removed, setRemoved] = useState<Removed>();
  const [address, setAddress] = useState('');
  const index = Math.min(at, draft.steps.length - 1);
  const step = draft.steps[index] ?? NEW_STEP;
  const problem = problemOf(draft);

  function change(part: Partial<Draft>): void {
    const next = { ...draft, ...part };
    setDraft(next);
    if (!platform.saveText(STORAGE_KEY, JSON.stringify(next))) notifyNotKept(store);
  }
  const setSteps = (steps: StepDraft[], shown: number) => {
    change({ steps: steps.length === 0 ? [NEW_STEP] : steps });
    setAt(Math.max(0, Math.min(shown, steps.length - 1)));
  };
  const record = (step_: number) => {
    const { recipe, view } = store.getState();
    return recorded(statesOf(draft), step_, { recipe: recipe.current, view });
  };
  function move(by: 1 | -1): void {
    const steps = draft.steps.toSpliced(index, 1).toSpliced(index + by, 0, step);
    setSteps(steps, index + by);
  }
  function replace(next: Draft): void {
    setRemoved({ title: draft.title, undo: () => change(draft) });
    change(next);
    setAt(0);
  }
  const text = () => `${JSON.stringify(draftData(draft), undefined, 2)}\n`;
  const top = (name: 'id' | 'title' | 'minutes', lines = 1) => (
    <TextField
      label={fields[name]}
      lines={lines}
      value={draft[name]}
      onChange={(value) => change({ [name]: value })}
    />
  );

  return (
    <aside className="lesson editor" aria-label={editor.write}>
      <header>
        <div className="row spread">
          <h2>{editor.write}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={editor.close}
            title={editor.close}
            onClick={() => store.setState({ editing: false })}
          >
            <CloseIcon />
          </button>
        </div>
        <p className="hint">{editor.hint}</p>
      </header>
      <div className="lesson-body">
        {top('title')}
        <TextField
          label={fields.summary}
          lines={2}
          value={draft.summary}
          onChange={(summary) => change({ summary })}
        />
        <div className="editor-row">
          {top('id')}
          {top('minutes')}
          <Choice
            label={fields.language}
            value={draft.language}
            options={LANGUAGES.map(({ id, name }) => [id, name] as const)}
            onChange={(language) => change({ language })}
          />
        </div>
        <TextField label={fields.state} lines={2} value={draft.state} onChange={(state) => change({ state })}>
          <button
            type="button"
            className="link-button"
            aria-label={`${editor.record}: ${fields.state}`}
            onClick={() => {
              const { recipe, view } = store.getState();
              change({ state: recorded({ steps: [] }, 0, { recipe: recipe.current, view }) });
            }}
          >
            {editor.record}
          </button>
        </TextField>
        <nav aria-label={editor.steps}>
          <h3>{editor.steps}</h3>
          <ol className="editor-steps">
            {draft.steps.map(({ title }, k) => (
              // Steps have no other name than their place.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={k}>
                <button
                  type="button"
                  className="link-button"
                  aria-current={k === index ? 'step' : undefined}
                  onClick={() => setAt(k)}
                >
                  {editor.step(k + 1, title)}
                </button>
              </li>
            ))}
          </ol>
          <div className="row wrap">
            <button
              type="button"
              className="button"
              onClick={() =>
                setSteps(
                  draft.steps.toSpliced(index + 1, 0, { ...NEW_STEP, state: record(index + 1) }),
                  index + 1,
                )
              }
            >
              {editor.add}
            </button>
            <ActionButton
              className="button"
              unavailable={index === 0 ? editor.first : undefined}
              onClick={() => move(-1)}
            >
              {editor.up}
            </ActionButton>
            <ActionButton
              className="button"
              unavailable={index === draft.steps.length - 1 ? editor.last : undefined}
              onClick={() => move(1)}
            >
              {editor.down}
            </ActionButton>
            <button
              type="button"
              className="button"
              onClick={() => {
                setRemoved({ title: step.title, index, step });
                setSteps(draft.steps.toSpliced(index, 1), index);
              }}
            >
              {editor.remove}
            </button>
          </div>
          {removed && (
            <p role="status">
              {editor.removed(removed.title)}{' '}
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  if ('undo' in removed) removed.undo();
                  else setSteps(draft.steps.toSpliced(removed.index, 0, removed.step), removed.index);
                  setRemoved(undefined);
                }}
              >
                {editor.undo}
              </button>
            </p>
          )}
        </nav>
        <section className="editor-step" aria-label={editor.step(index + 1, step.title)}>
          <StepFields
            step={step}
            record={() => record(index)}
            onChange={(part) => change({ steps: draft.steps.with(index, { ...step, ...part }) })}
          />
        </section>
        <section className="editor-step">
          <TextField label={fields.address} value={address} onChange={setAddress}>
            {URL.canParse(address) && (
              <CopyButton
                label={editor.link}
                text={() => new URL(`#lesson=${encodeURIComponent(address)}`, location.href).href}
              />
            )}
          </TextField>
        </section>
      </div>
      <footer>
        <p role="status" className={problem === undefined ? 'hint' : 'problem'}>
          {problem ?? editor.fine}
        </p>
        <div className="row wrap">
          <ActionButton
            className="button primary"
            unavailable={problem}
            onClick={() =>
              askLesson(store, { name: 'file', step: index, file: { name: draft.id, text: text() } })
            }
          >
            {editor.preview}
          </ActionButton>
          <ActionButton
            className="button"
            unavailable={problem}
            onClick={() => download(new Blob([text()], { type: 'application/json' }), `${draft.id}.json`)}
          >
            {editor.save}
          </ActionButton>
          <label className="button file-button">
            {editor.open}
            <input
              type="file"
              accept=".json,application/json"
              className="visually-hidden"
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (!file) return;
                fileText(file, MAX_LESSON_BYTES, 'a lesson')
                  .then((content) => replace(draftOf(readLesson(content, file.name))))
                  .catch((error: unknown) => notify(store, 'error', file.name, toFailure(error).message));
                target.value = '';
              }}
            />
          </label>
          <button type="button" className="button" onClick={() => replace(NEW_DRAFT)}>
            {editor.fresh}
          </button>
        </div>
      </footer>
    </aside>
  );
}
