import type { ReactNode } from 'react';
import { useId } from 'react';
import type { ControlName } from '../../recipe/controls';
import type { TermId } from '../../lessons/glossary/terms';
import { TermMark } from '../glossary/term';
import { NumberField } from './number-field';

interface RealFieldProps {
  readonly label: ReactNode;
  readonly title?: string;
  /** Its name, by which lessons point at it and links hide it. */
  readonly control?: ControlName;
  /** The glossary's entry of the label. */
  readonly term?: TermId;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** True if `low` itself is not allowed. */
  readonly above?: boolean;
  readonly whole?: boolean;
  readonly onChange: (value: number) => void;
}

/** A labelled number input with bounds. */
export function RealField(props: RealFieldProps) {
  const { label, title, control, term, value, low, high, above = false, whole = false, onChange } = props;
  const id = useId();
  const kind = whole ? 'a whole number' : 'a number';
  const bounds = above ? `above ${low}` : `from ${low}`;
  return (
    <div className="field stacked" data-control={control}>
      <span className="labelled">
        <label htmlFor={id} title={title}>
          {label}
        </label>
        {term && <TermMark id={term} />}
      </span>
      <NumberField
        id={id}
        value={value}
        read={(text) => readNumber(text, { low, high, above, whole })}
        expected={`${kind} ${bounds}${high === Infinity ? '' : ` to ${high}`}`}
        inputMode={whole ? 'numeric' : 'decimal'}
        onChange={onChange}
      />
    </div>
  );
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly above: boolean;
  readonly whole: boolean;
}

/** Parses a number within the bounds; undefined if it is not one. A comma counts as decimal point. */
export function readNumber(text: string, { low, high, above, whole }: Bounds): number | undefined {
  const number = Number(text.replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(number)) return undefined;
  if (whole && !Number.isInteger(number)) return undefined;
  return (above ? number > low : number >= low) && number <= high ? number : undefined;
}
