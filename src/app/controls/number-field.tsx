import { useId, useState } from 'react';

interface NumberFieldProps {
  readonly id: string;
  readonly value: number;
  /** What is typed as a value, or undefined where it is none. */
  readonly read: (text: string) => number | undefined;
  /** In words what is expected, for the message. */
  readonly expected: string;
  readonly inputMode: 'decimal' | 'numeric';
  /** Id of further words on the field. */
  readonly hint?: string | undefined;
  readonly onChange: (value: number) => void;
}

/** A typed number that takes effect while it is typed. What cannot be used is said, and gives way when the field is left. */
export function NumberField({ id, value, read, expected, inputMode, hint, onChange }: NumberFieldProps) {
  const [draft, setDraft] = useState<string>();
  const problemId = useId();
  const bad = draft !== undefined && read(draft) === undefined;

  return (
    <>
      <input
        id={id}
        className="number"
        inputMode={inputMode}
        autoComplete="off"
        value={draft ?? String(value)}
        aria-invalid={bad}
        aria-describedby={bad ? problemId : hint}
        onChange={(event) => {
          const { value: text } = event.target;
          setDraft(text);
          const number = read(text);
          if (number !== undefined) onChange(number);
        }}
        onBlur={() => setDraft(undefined)}
      />
      {bad && (
        <p id={problemId} className="problem" role="alert">
          Expected {expected}; got “{draft}”.
        </p>
      )}
    </>
  );
}
