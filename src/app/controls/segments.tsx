interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Reason why the option is disabled. */
  readonly disabled?: string | undefined;
  readonly title?: string | undefined;
}

interface SegmentsProps<T extends string> {
  readonly name: string;
  readonly options: readonly Option<T>[];
  /** Undefined if no option matches the current state. */
  readonly value: T | undefined;
  readonly onChoose: (value: T) => void;
}

/** A row of buttons of which at most one is pressed. Disabled ones stay focusable, so that the reason can be read. */
export function Segments<T extends string>({ name, options, value, onChoose }: SegmentsProps<T>) {
  return (
    <div className="segments" role="group" aria-label={name}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          aria-disabled={option.disabled !== undefined}
          title={option.disabled ?? option.title}
          onClick={() => {
            if (option.disabled === undefined) onChoose(option.value);
          }}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
