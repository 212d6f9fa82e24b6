import { useId } from 'react';
import type { ControlName } from '../../recipe/controls';
import type { TermId } from '../../lessons/glossary/terms';
import { TermMark } from '../glossary/term';

interface ChoiceFieldProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly value: T;
  readonly title?: string;
  /** Its name, by which lessons point at it and links hide it. */
  readonly control?: ControlName;
  /** The glossary's entry of the label. */
  readonly term?: TermId;
  readonly onChoose: (value: T) => void;
}

/** A labelled drop-down list. */
export function ChoiceField<T extends string>({
  label,
  options,
  value,
  title,
  control,
  term,
  onChoose,
}: ChoiceFieldProps<T>) {
  const id = useId();
  return (
    <div className="field stacked" data-control={control}>
      <span className="labelled">
        <label htmlFor={id}>{label}</label>
        {term && <TermMark id={term} />}
      </span>
      <select
        id={id}
        title={title}
        value={value}
        onChange={({ target }) => {
          const chosen = options.find(([option]) => option === target.value);
          if (chosen) onChoose(chosen[0]);
        }}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
