import { LegibleError } from '../legible';

/** A document is not in the supported part of YAML. */
export class YamlError extends LegibleError {
  override name = 'YamlError';
}

export type YamlValue = string | number | boolean | null | YamlValue[] | { [key: string]: YamlValue };

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/** More than any configuration has, in characters and in values within values. */
const MAX_LENGTH = 2 ** 20;
const MAX_NESTING = 32;
/** Controls, and what ends a line in some versions of YAML only. */
// oxlint-disable-next-line no-control-regex
const NOT_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\r(?!\n)/;

/**
 * Reads the part of YAML that configuration files such as mergekit's use, and that all versions of YAML read alike: block
 * mappings and sequences, lists in brackets, quoted and plain scalars, and comments. Everything else is an error.
 * @throws YamlError naming the line, what was expected and what it has.
 */
export function parseYaml(text: string): YamlValue {
  if (text.length > MAX_LENGTH)
    throw new YamlError(
      `expected at most ${MAX_LENGTH} characters, got ${text.length}. Leave out what is no configuration.`,
    );
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((raw, i) => lineOf(raw, i + 1))
    .filter((line) => line.text !== '');
  if (lines[0]?.text === '---') lines.shift();
  const second = lines.find((line) => line.indent === 0 && /^(---|\.\.\.)([ \t]|$)/.test(line.text));
  if (second) throw wrong(second.number, 'one document', second.text);
  const reader = new Reader(lines);
  return lines.length === 0 ? null : reader.document();
}

function lineOf(raw: string, number: number): Line {
  if (NOT_TEXT.test(raw)) throw wrong(number, 'text without control characters', raw);
  // Only these are spaces; others, such as the no-break space, belong to the text.
  const text = withoutComment(raw).replace(/(?<![ \t])[ \t]+$/, '');
  const indent = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  if (text.slice(0, indent).includes('\t')) throw wrong(number, 'spaces before the text', 'a tab');
  return { number, indent, text: text.slice(indent) };
}

/** Removes a comment: `#` at the start of a line or after a space, outside quotes. */
function withoutComment(raw: string): string {
  let quote = '';
  for (let i = 0; i < raw.length; i++) {
    const character = raw.charAt(i);
    if (quote !== '') {
      if (character === '\\' && quote === '"') i++;
      else if (character === quote) quote = '';
    } else if (/["']/.test(character) && (i === 0 || /[ \t:[,-]/.test(raw.charAt(i - 1)))) quote = character;
    else if (character === '#' && (i === 0 || /[ \t]/.test(raw.charAt(i - 1)))) return raw.slice(0, i);
  }
  return raw;
}

const wrong = (line: number, expected: string, got: string): YamlError =>
  new YamlError(`line ${line}: expected ${expected}, got ${got}. Correct that line.`);

/** A key, and the value on its line. No part of a line can be read in two ways, so that long ones take no longer. */
const KEY = /^(?:("[^"]*"|'[^']*')[ \t]*|([^ \t"'[\]{}&*!|>%@`#,:?-][^:]*|-[^ \t:][^:]*)):(?:[ \t]+(.*))?$/;

class Reader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  document(): YamlValue {
    const value = this.#node(this.#lines[0]?.indent ?? 0, 0);
    const rest = this.#lines[this.#at];
    if (rest) throw wrong(rest.number, 'the end, or the indentation of the lines before', rest.text);
    return value;
  }

  #node(indent: number, nesting: number): YamlValue {
    const line = this.#lines[this.#at];
    if (!line) return null;
    if (nesting > MAX_NESTING)
      throw wrong(line.number, `at most ${MAX_NESTING} values within each other`, 'more');
    if (isItem(line)) return this.#sequence(indent, nesting);
    if (KEY.test(line.text)) return this.#mapping(indent, nesting);
    this.#at++;
    return scalar(line.text, line.number);
  }

  #sequence(indent: number, nesting: number): YamlValue[] {
    const items: YamlValue[] = [];
    for (let line = this.#lines[this.#at]; line && line.indent === indent; line = this.#lines[this.#at]) {
      if (!isItem(line)) break;
      const rest = line.text.slice(1).replace(/^[ \t]+/, '');
      if (rest === '') {
        this.#at++;
        items.push(this.#below(indent, nesting + 1, line));
        continue;
      }
      // Text after the dash is read as a line of its own with more indentation.
      const inner = indent + line.text.length - rest.length;
      this.#lines[this.#at] = { number: line.number, indent: inner, text: rest };
      items.push(this.#node(inner, nesting + 1));
    }
    return items;
  }

  #mapping(indent: number, nesting: number): YamlValue {
    const entries = new Map<string, YamlValue>();
    for (let line = this.#lines[this.#at]; line && line.indent === indent; line = this.#lines[this.#at]) {
      if (isItem(line)) break;
      const [, quoted, plain, value] = KEY.exec(line.text) ?? [];
      const name = quoted ?? plain?.trimEnd();
      if (name === undefined) throw wrong(line.number, 'key: value', line.text);
      const key = scalar(name, line.number);
      if (typeof key !== 'string') throw wrong(line.number, 'a text as a key', String(key));
      if (entries.has(key)) throw wrong(line.number, 'every key once', `${key} twice`);
      this.#at++;
      entries.set(
        key,
        value === undefined || value === ''
          ? this.#below(indent, nesting + 1, line)
          : scalar(value, line.number),
      );
    }
    return Object.fromEntries(entries);
  }

  /** Reads the value below a key or a dash. A sequence may have the same indentation as its key. */
  #below(indent: number, nesting: number, above: Line): YamlValue {
    const line = this.#lines[this.#at];
    if (!line || line.indent < indent) return null;
    if (line.indent > indent) return this.#node(line.indent, nesting);
    return isItem(line) && !isItem(above) ? this.#sequence(indent, nesting) : null;
  }
}

const isItem = ({ text }: Line): boolean => text === '-' || text.startsWith('- ');

const DOUBLE = /^"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[\da-f]{4})*"$/iu;
const WORDS: Readonly<Record<string, YamlValue>> = { true: true, false: false, null: null };
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** Plain texts that some readers of YAML take for a truth value, a number in another base, a time or a date. */
const AMBIGUOUS =
  /^(?:y|n|yes|no|on|off|=|<<|[+-]?\.(?:inf|nan)|[+-]?0[box]?[\da-f_]+|[+-]?[\d.][\d_,.]*|[+-]?\d[\d_]*(?::[\d.]+)+|\d{4}-\d\d?-\d\d?.*)$/i;

function scalar(text: string, line: number): YamlValue {
  if (text.startsWith('[')) return list(text, line);
  if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  // Of double-quoted strings only those valid as JSON are supported.
  if (DOUBLE.test(text)) return String(JSON.parse(text));
  if (/^["'{}\]&*!|>%@`#,]|^[-?:](?:[ \t]|$)/.test(text))
    throw wrong(line, 'a plain value, a quoted one or a list in brackets', text);
  if (/:(?:[ \t]|$)/.test(text)) throw wrong(line, 'one value', text);
  // Where a quote within a plain text ends is not clear enough to tell a comment after it.
  if (/["']/.test(text) && text.includes('#')) throw wrong(line, 'quotes around the whole value', text);
  const word = text.toLowerCase();
  if (text === '~' || (Object.hasOwn(WORDS, word) && isWord(text))) return WORDS[word] ?? null;
  if (NUMBER.test(text)) {
    const number = Number(text) + 0;
    if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))) return number;
    throw wrong(line, 'a number that is exact', text);
  }
  if (AMBIGUOUS.test(text)) throw wrong(line, 'a decimal number, true, false or null, or quotes', text);
  return text;
}

/** Writes a text as a scalar that every version of YAML reads as that text: plain if it can be, otherwise in double quotes. */
export const writeYamlText = (text: string): string =>
  /^[a-z_/](?:[\w./-]*[\w/-])?$/i.test(text) &&
  !AMBIGUOUS.test(text) &&
  !Object.hasOwn(WORDS, text.toLowerCase())
    ? text
    : JSON.stringify(text).replaceAll(
        /[\u007f-\u009f]/g,
        (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );

/** True for `true`, `True` and `TRUE`, as YAML writes its words. */
const isWord = (text: string): boolean => /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/.test(text);

function list(text: string, line: number): YamlValue[] {
  const inner = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  if (inner === undefined) throw wrong(line, 'a list in brackets on one line', text);
  if (inner.trim() === '') return [];
  return inner.split(',').map((part) => {
    const item = part.trim();
    if (item === '' || /[{}:]/.test(item)) throw wrong(line, 'plain values between commas', text);
    return scalar(item, line);
  });
}
