import { Fragment } from 'react';
import { TERMS, type TermId } from '../../lessons/glossary/terms';
import { type Inline, readProse } from '../../lessons/prose';
import { leadingPunctuation } from '../glossary/punctuation';
import { Term } from '../glossary/term';
import type { ReadingValues } from '../store/state/lesson';
import { useAppState } from '../store/use-app';
import { factsOf, formatReading } from './readings';

interface ProseProps {
  readonly text: string;
  /** Values that were kept when the step was done; without them the text shows the present ones. */
  readonly kept?: ReadingValues | undefined;
}

interface ReadingProps {
  readonly name: string;
  /** Number of the earlier step whose value it is. */
  readonly step?: number | undefined;
  readonly kept: ReadingValues | undefined;
}

/** A value of the page: as it was when a step was done, or as it is now. */
function Reading({ name, step, kept }: ReadingProps) {
  const text = useAppState((state) => {
    const value = kept?.[name] ?? factsOf(state, state.lesson.activity).read(name);
    return value === undefined ? '…' : formatReading(name, value);
  });
  return (
    <b className="reading" data-reading={name} data-of-step={step}>
      {text}
    </b>
  );
}

interface PartProps {
  readonly part: Inline;
  readonly before: Inline | undefined;
  readonly next: Inline | undefined;
  readonly kept: ReadingValues | undefined;
}

/** Punctuation at the start of a text that a term before it has taken along. */
const taken = (before: Inline | undefined, part: Inline | undefined): string =>
  before?.kind === 'term' && part?.kind === 'text' ? leadingPunctuation(part.text) : '';

function Part({ part, before, next, kept }: PartProps) {
  const recalled = useAppState(({ lesson }) =>
    part.kind === 'reading' && part.step !== undefined ? lesson.records[part.step - 1]?.readings : undefined,
  );
  switch (part.kind) {
    case 'text':
      return part.text.slice(taken(before, part).length);
    case 'bold':
      return <strong>{part.text}</strong>;
    case 'code':
      return <code>{part.text}</code>;
    case 'term':
      if (!Object.hasOwn(TERMS, part.id)) return part.text + taken(part, next);
      return (
        <Term id={part.id as TermId} after={taken(part, next)}>
          {part.text}
        </Term>
      );
    case 'reading':
      return <Reading name={part.name} step={part.step} kept={part.step === undefined ? kept : recalled} />;
  }
}

/** Paragraphs of a lesson. */
export function Prose({ text, kept }: ProseProps) {
  return readProse(text).map((paragraph) => (
    <p key={paragraph.text}>
      {paragraph.parts.map((part, i, { [i - 1]: before, [i + 1]: next }) => (
        <Fragment key={part.at}>
          <Part part={part} before={before} next={next} kept={kept} />
        </Fragment>
      ))}
    </p>
  ));
}
