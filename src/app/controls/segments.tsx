import type { ControlName } from '../../recipe/controls';
import { ActionButton } from './action-button';

interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Reason why the option cannot be chosen. */
  readonly disabled?: string | undefined;
  readonly title?: string | undefined;
}

interface SegmentsProps<T extends string> {
  readonly name: string;
  /** Its name, by which lessons point at it and links hide it. */
  readonly control?: ControlName;
  readonly options: readonly Option<T>[];
  /** Undefined if no option matches the current state. */
  readonly value: T | undefined;
  readonly onChoose: (value: T) => void;
}

/** A row of buttons of which at most one is pressed. */
export function Segments<T extends string>({ name, control, options, value, onChoose }: SegmentsProps<T>) {
  return (
    <div className="segments" role="group" aria-label={name} data-control={control}>
      {options.map((option) => (
        <ActionButton
          key={option.value}
          aria-pressed={option.value === value}
          title={option.title}
          unavailable={option.disabled}
          onClick={() => onChoose(option.value)}
        >
          {option.label}
        </ActionButton>
      ))}
    </div>
  );
}
