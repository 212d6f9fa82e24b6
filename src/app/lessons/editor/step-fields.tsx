import type { StepDraft } from '../../../lessons/draft';
import { ACTIVITIES, PRESSES } from '../../../lessons/format';
import { CONTROLS } from '../../../recipe/controls';
import { useWords } from '../use-words';
import { Choice, TextField } from './fields';

interface StepFieldsProps {
  readonly step: StepDraft;
  readonly onChange: (change: Partial<StepDraft>) => void;
  /** Returns the present state of the page, relative to the end of the step before. */
  readonly record: () => string;
}

/** Everything that can be said of one step. */
export function StepFields({ step, onChange, record }: StepFieldsProps) {
  const { editor } = useWords();
  const { fields } = editor;
  const none = ['', editor.none] as const;
  const text = (name: keyof typeof fields & keyof StepDraft, lines = 1) => (
    <TextField
      label={fields[name]}
      lines={lines}
      value={step[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  const recorded = (name: 'state' | 'show', label: string) => (
    <TextField label={label} lines={2} value={step[name]} onChange={(value) => onChange({ [name]: value })}>
      <button
        type="button"
        className="link-button"
        aria-label={`${editor.record}: ${label}`}
        onClick={() => onChange({ [name]: record() })}
      >
        {editor.record}
      </button>
    </TextField>
  );
  return (
    <>
      {text('title')}
      {recorded('state', fields.stepState)}
      {text('text', 5)}
      <Choice
        label={fields.predict}
        value={step.predict}
        options={[
          ['none', editor.none],
          ['choice', editor.choice],
          ['value', editor.value],
        ]}
        onChange={(value) => onChange({ predict: value === 'choice' || value === 'value' ? value : 'none' })}
      />
      {step.predict !== 'none' && text('question', 2)}
      {step.predict === 'choice' && text('answers', 4)}
      {step.predict === 'value' && (
        <>
          {text('from')}
          {text('to')}
          {text('reading')}
        </>
      )}
      {text('do', 3)}
      {recorded('show', fields.show)}
      <Choice
        label={fields.press}
        value={step.press}
        options={[none, ...PRESSES.map((name) => [name, name] as const)]}
        onChange={(press) => onChange({ press })}
      />
      {text('done', 2)}
      {text('seen', 4)}
      <Choice
        label={fields.point}
        value={step.point}
        options={[none, ...CONTROLS.map((name) => [name, name] as const)]}
        onChange={(point) => onChange({ point })}
      />
      <Choice
        label={fields.activity}
        value={step.activity}
        options={[none, ...ACTIVITIES.map((name) => [name, name] as const)]}
        onChange={(activity) => onChange({ activity })}
      />
    </>
  );
}
