import { Fragment } from 'react';
import { type Inline, readProse } from '../../../lessons/prose';
import type { StepRecord } from '../../store/state/lesson';
import { formatReading } from '../readings';

interface PaperProseProps {
  readonly text: string;
  /** Index of the step that the text belongs to. */
  readonly step: number;
  /** What the learner measured, by step; empty if they have not done the lesson. */
  readonly records: readonly StepRecord[];
}

/** A value as the learner measured it, else a line to write it on. */
export function Measured({
  name,
  record,
}: {
  readonly name: string;
  readonly record: StepRecord | undefined;
}) {
  const value = record?.readings[name];
  return value === undefined ? (
    <span className="paper-blank" data-reading={name} />
  ) : (
    <u data-reading={name}>{formatReading(name, value)}</u>
  );
}

function Part({ part, step, records }: { readonly part: Inline } & Omit<PaperProseProps, 'text'>) {
  switch (part.kind) {
    case 'text':
    case 'term':
      return part.text;
    case 'bold':
      return <strong>{part.text}</strong>;
    case 'code':
      return <code>{part.text}</code>;
    case 'reading':
      return <Measured name={part.name} record={records[part.step === undefined ? step : part.step - 1]} />;
  }
}

/** Paragraphs of a lesson on paper. */
export function PaperProse({ text, step, records }: PaperProseProps) {
  return readProse(text).map((paragraph) => (
    <p key={paragraph.text}>
      {paragraph.parts.map((part) => (
        <Fragment key={part.at}>
          <Part part={part} step={step} records={records} />
        </Fragment>
      ))}
    </p>
  ));
}
