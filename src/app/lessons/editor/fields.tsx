import { type ReactNode, useId } from 'react';

interface TextProps {
  readonly label: string;
  readonly value: string;
  /** Lines of the field; more than one makes it a text area. */
  readonly lines?: number;
  readonly onChange: (value: string) => void;
  /** What stands beside the label. */
  readonly children?: ReactNode;
}

/** A labelled field for text. */
export function TextField({ label, value, lines = 1, onChange, children }: TextProps) {
  const id = useId();
  const field = {
    id,
    value,
    spellCheck: lines > 1,
    autoComplete: 'off',
    onChange: ({ target }: { readonly target: { readonly value: string } }) => onChange(target.value),
  };
  return (
    <div className="editor-field">
      <div className="row spread">
        <label htmlFor={id}>{label}</label>
        {children}
      </div>
      {lines > 1 ? <textarea {...field} rows={lines} /> : <input {...field} />}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange: (value: string) => void;
}

/** A labelled list to choose from. */
export function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="editor-field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
