/** Characters that hide what a text says: controls, marks of direction, halves of surrogate pairs. */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/** Longest text, in characters; the end is kept, because it says what to do. */
const MAX_LENGTH = 1000;
const END_LENGTH = 300;

/**
 * Returns a text that can be shown wherever its parts come from: on one line, hidden characters written as `\u202e`, and cut in
 * the middle where it is long.
 */
export function legible(text: string): string {
  const written = cut(text)
    .replaceAll(/\s*[\r\n]\s*/g, ' ')
    .replaceAll(HIDDEN, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return cut(written).toWellFormed();
}

const cut = (text: string): string =>
  text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - END_LENGTH)} … ${text.slice(-END_LENGTH)}`;

/** Longest part of a value that a message shows, in characters. */
const MAX_SHOWN = 80;

/** Formats a value for a message, as JSON where it can be: its beginning, however large or deeply nested it is. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  const text = JSON.stringify(beginning(value, { left: MAX_SHOWN })) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 3)}…` : text;
}

/** Copies the first parts of a value; the others, which would not be shown, become null. */
function beginning(value: unknown, parts: { left: number }): unknown {
  if (parts.left-- <= 0) return null;
  if (typeof value === 'string') return value.slice(0, MAX_SHOWN);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, MAX_SHOWN).map((item) => beginning(item, parts));
  const members = Object.entries(value).slice(0, MAX_SHOWN);
  return Object.fromEntries(members.map(([key, each]) => [key.slice(0, MAX_SHOWN), beginning(each, parts)]));
}

/** Base of the errors whose messages quote what a file, a server or a person gave. */
export class LegibleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(legible(message), options);
  }
}
