import { useId } from 'react';
import type { ControlName } from '../../recipe/controls';

interface ChoiceFieldProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly value: T;
  readonly title?: string;
  /** Its name, by which lessons point at it and links hide it. */
  readonly control?: ControlName;
  readonly onChoose: (value: T) => void;
}

/** A labelled drop-down list. */
export function ChoiceField<T extends string>({
  label,
  options,
  value,
  title,
  control,
  onChoose,
}: ChoiceFieldProps<T>) {
  const id = useId();
  return (
    <div className="field stacked" data-control={control}>
      <label htmlFor={id}>{label}</label>
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
