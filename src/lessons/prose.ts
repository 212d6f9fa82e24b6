import { isReading } from './readings';

/**
 * Text of a lesson. Paragraphs are separated by empty lines; `**bold**`, `` `code` ``, `[[term]]` or `[[term|words]]` for an
 * entry of the glossary, `{reading}` for a value of the page now, `{reading@2}` for its value when step 2 was done. Nothing else
 * is markup: no HTML, no links.
 */
export type Inline =
  | { readonly kind: 'text' | 'bold' | 'code'; readonly text: string }
  | { readonly kind: 'term'; readonly id: string; readonly text: string }
  | { readonly kind: 'reading'; readonly name: string; readonly step?: number };

const INLINE = /\*\*([^*]+)\*\*|`([^`]+)`|\[\[([a-z0-9-]+)(?:\|([^\]]+))?\]\]|\{([^{}@]+)(?:@(\d{1,2}))?\}/g;

function inline(paragraph: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of paragraph.matchAll(INLINE)) {
    const [whole, bold, code, id, words, name, step] = match;
    if (match.index > end) parts.push({ kind: 'text', text: paragraph.slice(end, match.index) });
    end = match.index + whole.length;
    if (bold !== undefined) parts.push({ kind: 'bold', text: bold });
    else if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (id !== undefined) parts.push({ kind: 'term', id, text: words ?? id.replaceAll('-', ' ') });
    else if (name !== undefined)
      parts.push({ kind: 'reading', name, ...(step === undefined ? {} : { step: Number(step) }) });
  }
  if (end < paragraph.length) parts.push({ kind: 'text', text: paragraph.slice(end) });
  return parts;
}

/** Returns the paragraphs of a text. */
export const readProse = (text: string): Inline[][] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .map(inline);

/** Names of the readings of a text; those of earlier steps with their number. */
export const readingsOf = (text: string): { readonly name: string; readonly step?: number }[] =>
  readProse(text)
    .flat()
    .flatMap((part) => (part.kind === 'reading' ? [part] : []));

/** Counts words; a reading or term counts as what is read. */
export const countWords = (text: string): number =>
  readProse(text)
    .flat()
    .map((part) => (part.kind === 'reading' ? ' 0 ' : part.text))
    .join('')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Returns what is wrong with the readings of the text of step `step` (from 1), or true. */
export function checkReadings(text: string, step: number): string | true {
  for (const { name, step: earlier } of readingsOf(text)) {
    if (!isReading(name)) return `expected the name of a reading in braces, got {${name}}`;
    if (earlier !== undefined && (earlier < 1 || earlier >= step))
      return `expected {${name}@…} to name an earlier step, got ${earlier}`;
  }
  return true;
}
