import { useId, useState } from 'react';
import type { TermId } from '../../lessons/glossary/terms';
import { TermMark } from '../glossary/term';
import { ActionButton } from '../controls/action-button';
import { Busy } from '../controls/busy';
import { readNumber } from '../controls/real-field';
import { useApp, useAppState } from '../store/use-app';
import { useTry } from '../store/use-try';
import type { SettingDrafts, SettingName } from './settings';
import { SETTINGS, settingBounds, settingProblem, settingText } from './settings';

interface SettingFieldProps {
  readonly label: string;
  readonly title: string;
  readonly term: TermId;
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
}

function SettingField({ label, title, term, text, problem, onChange }: SettingFieldProps) {
  const id = useId();
  return (
    <div className="try-field">
      <span className="labelled">
        <label htmlFor={id} title={title}>
          {label}
        </label>
        <TermMark id={term} />
      </span>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        aria-invalid={problem !== undefined}
        aria-describedby={problem && `${id}-problem`}
        onChange={(event) => onChange(event.target.value)}
      />
      {problem && (
        <p id={`${id}-problem`} className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** Form for the prompt and the settings of sampling. */
export function PromptForm() {
  const { view: actions } = useApp();
  const tryStage = useTry();
  const view = useAppState((state) => state.view);
  const running = useAppState((state) => state.tryStage.running.write);
  const context = useAppState((state) => state.model.info?.context ?? Infinity);
  const [drafts, setDrafts] = useState<SettingDrafts>({});
  const promptId = useId();

  const fields = SETTINGS.map((setting) => {
    const text = settingText(setting.name, drafts, view, context);
    return { ...setting, text, problem: settingProblem(setting.name, text, context) };
  });
  const ready = view.prompt !== '' && fields.every(({ problem }) => problem === undefined);

  function type(name: SettingName, text: string): void {
    setDrafts((before) => ({ ...before, [name]: text }));
    const value = readNumber(text, settingBounds(name, context));
    if (value !== undefined) actions.show({ [name]: value });
  }

  return (
    <form
      className="try-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void tryStage.generate();
      }}
    >
      <div className="try-text-field" data-control="prompt">
        <label htmlFor={promptId}>Prompt</label>
        <textarea
          id={promptId}
          rows={3}
          value={view.prompt}
          aria-keyshortcuts="Control+Enter"
          onChange={(event) => actions.show({ prompt: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (ready && !running) void tryStage.generate();
          }}
        />
        {view.prompt === '' && <p className="hint">Write a prompt to be continued.</p>}
      </div>
      <div className="try-settings">
        {fields.map(({ name, ...field }) => (
          <SettingField key={name} {...field} onChange={(text) => type(name, text)} />
        ))}
        <div className="try-go" data-control="write">
          {running ? (
            // Its own key makes a new element, so that a click on stop cannot submit the form.
            <button key="stop" type="button" className="button" data-stops="" onClick={tryStage.stopWriting}>
              Stop
            </button>
          ) : (
            <ActionButton
              key="go"
              type="submit"
              className="button primary"
              unavailable={
                ready ? undefined : view.prompt === '' ? 'Write a prompt first' : 'Correct the settings first'
              }
              title="Ctrl+Enter in the prompt does the same"
            >
              Generate
            </ActionButton>
          )}
        </div>
      </div>
      {running?.progress && <Busy label="Generating…" progress={running.progress} />}
    </form>
  );
}
