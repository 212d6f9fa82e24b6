import { TERMS } from './glossary/terms';
import { isReading } from './readings';

/**
 * Text of a lesson. Paragraphs are separated by empty lines; `**bold**`, `` `code` ``, `[[term]]` or `[[term|words]]` for an
 * entry of the glossary, `{reading}` for a value of the page now, `{reading@2}` for its value when step 2 was done. Nothing else
 * is markup: no HTML, no links.
 */
export type Inline = { /** Where it begins in its paragraph. */ readonly at: number } & (
  | { readonly kind: 'text' | 'bold' | 'code'; readonly text: string }
  | { readonly kind: 'term'; readonly id: string; readonly text: string }
  | { readonly kind: 'reading'; readonly name: string; readonly step?: number }
);

const INLINE = /\*\*([^*]+)\*\*|`([^`]+)`|\[\[([a-z0-9-]+)(?:\|([^\]]+))?\]\]|\{([^{}@]+)(?:@(\d{1,2}))?\}/g;

function inline(paragraph: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of paragraph.matchAll(INLINE)) {
    const [whole, bold, code, id, words, name, step] = match;
    const at = match.index;
    if (at > end) parts.push({ at: end, kind: 'text', text: paragraph.slice(end, at) });
    end = at + whole.length;
    if (bold !== undefined)
      parts.push(
        ...inline(bold).map((part): Inline =>
          part.kind === 'text' ? { ...part, at: at + part.at, kind: 'bold' } : { ...part, at: at + part.at },
        ),
      );
    else if (code !== undefined) parts.push({ at, kind: 'code', text: code });
    else if (id !== undefined) parts.push({ at, kind: 'term', id, text: words ?? id.replaceAll('-', ' ') });
    else if (name !== undefined)
      parts.push({ at, kind: 'reading', name, ...(step === undefined ? {} : { step: Number(step) }) });
  }
  if (end < paragraph.length) parts.push({ at: end, kind: 'text', text: paragraph.slice(end) });
  return parts;
}

export interface Paragraph {
  readonly text: string;
  readonly parts: readonly Inline[];
}

/** Returns the paragraphs of a text. */
export const readProse = (text: string): Paragraph[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => ({ text: paragraph, parts: inline(paragraph) }));

/** Names of the readings of a text; those of earlier steps with their number. */
export const readingsOf = (text: string): { readonly name: string; readonly step?: number }[] =>
  readProse(text)
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.kind === 'reading' ? [part] : []));

/** Counts words; a reading or term counts as what is read. */
export const countWords = (text: string): number =>
  readProse(text)
    .flatMap(({ parts }) => parts)
    .map((part) => (part.kind === 'reading' ? ' 0 ' : part.text))
    .join('')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Returns what is wrong with the terms and readings of a text of step `step` (from 1), or true. */
export function checkProse(text: string, step: number): string | true {
  for (const part of readProse(text).flatMap(({ parts }) => parts))
    if (part.kind === 'term' && !Object.hasOwn(TERMS, part.id))
      return `expected the id of an entry of the glossary, got [[${part.id}]]`;
  for (const { name, step: earlier } of readingsOf(text)) {
    if (!isReading(name)) return `expected the name of a reading in braces, got {${name}}`;
    if (earlier !== undefined && (earlier < 1 || earlier >= step))
      return `expected {${name}@…} to name an earlier step, got ${earlier}`;
  }
  return true;
}
