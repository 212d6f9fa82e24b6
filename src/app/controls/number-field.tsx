import { useId, useState } from 'react';

interface NumberFieldProps {
  readonly id: string;
  readonly value: number;
  /** Parses the text; undefined if it is not valid. */
  readonly read: (text: string) => number | undefined;
  /** Description of valid input, for the error message. */
  readonly expected: string;
  readonly inputMode: 'decimal' | 'numeric';
  /** Id of the element that describes the field. */
  readonly hint?: string | undefined;
  readonly onChange: (value: number) => void;
}

/** A number input. Valid input takes effect while typing; invalid input shows an error and is reset on blur. */
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
