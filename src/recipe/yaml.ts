/** A document is not in the supported part of YAML. */
export class YamlError extends Error {
  override name = 'YamlError';
}

export type YamlValue = string | number | boolean | null | YamlValue[] | { [key: string]: YamlValue };

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/**
 * Reads the part of YAML that configuration files such as mergekit's use: block mappings and sequences, lists in brackets,
 * quoted and plain scalars, and comments. Everything else is an error.
 * @throws YamlError naming the line, what was expected and what it has.
 */
export function parseYaml(text: string): YamlValue {
  const lines = text
    .split(/\r?\n/)
    .map((raw, i) => lineOf(raw, i + 1))
    .filter(({ text }) => text !== '' && text !== '---');
  const reader = new Reader(lines);
  return lines.length === 0 ? null : reader.document();
}

function lineOf(raw: string, number: number): Line {
  const text = withoutComment(raw).trimEnd();
  const indent = text.length - text.trimStart().length;
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
    } else if (/["']/.test(character) && /(^|[\s:[,-])$/.test(raw.slice(0, i))) quote = character;
    else if (character === '#' && (i === 0 || /\s/.test(raw.charAt(i - 1)))) return raw.slice(0, i);
  }
  return raw;
}

const wrong = (line: number, expected: string, got: string): YamlError =>
  new YamlError(`line ${line}: expected ${expected}, got ${got}. Correct that line.`);

const KEY = /^("[^"]*"|'[^']*'|[^\s"'[{&*!|>%@`#,-][^:]*?|-[^\s:][^:]*?)\s*:(?:\s+(.*))?$/;

class Reader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  document(): YamlValue {
    const value = this.#node(this.#lines[0]?.indent ?? 0);
    const rest = this.#lines[this.#at];
    if (rest) throw wrong(rest.number, 'the end, or the indentation of the lines before', rest.text);
    return value;
  }

  #node(indent: number): YamlValue {
    const line = this.#lines[this.#at];
    if (!line) return null;
    if (isItem(line)) return this.#sequence(indent);
    if (KEY.test(line.text)) return this.#mapping(indent);
    this.#at++;
    return scalar(line.text, line.number);
  }

  #sequence(indent: number): YamlValue[] {
    const items: YamlValue[] = [];
    for (let line = this.#lines[this.#at]; line && line.indent === indent; line = this.#lines[this.#at]) {
      if (!isItem(line)) break;
      const rest = line.text.slice(1).trimStart();
      if (rest === '') {
        this.#at++;
        items.push(this.#below(indent, line));
        continue;
      }
      // Text after the dash is read as a line of its own with more indentation.
      const inner = indent + line.text.length - rest.length;
      this.#lines[this.#at] = { number: line.number, indent: inner, text: rest };
      items.push(this.#node(inner));
    }
    return items;
  }

  #mapping(indent: number): YamlValue {
    const entries = new Map<string, YamlValue>();
    for (let line = this.#lines[this.#at]; line && line.indent === indent; line = this.#lines[this.#at]) {
      if (isItem(line)) break;
      const [, name, value] = KEY.exec(line.text) ?? [];
      if (name === undefined) throw wrong(line.number, 'key: value', line.text);
      const key = String(scalar(name, line.number));
      if (entries.has(key)) throw wrong(line.number, 'every key once', `${key} twice`);
      this.#at++;
      entries.set(
        key,
        value === undefined || value === '' ? this.#below(indent, line) : scalar(value, line.number),
      );
    }
    return Object.fromEntries(entries);
  }

  /** Reads the value below a key or a dash. A sequence may have the same indentation as its key. */
  #below(indent: number, above: Line): YamlValue {
    const line = this.#lines[this.#at];
    if (!line || line.indent < indent) return null;
    if (line.indent > indent) return this.#node(line.indent);
    return isItem(line) && !isItem(above) ? this.#sequence(indent) : null;
  }
}

const isItem = ({ text }: Line): boolean => text === '-' || text.startsWith('- ');

const DOUBLE = /^"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[\da-f]{4})*"$/iu;
const WORDS: Readonly<Record<string, YamlValue>> = { true: true, false: false, null: null, '~': null };

function scalar(text: string, line: number): YamlValue {
  if (text.startsWith('[')) return list(text, line);
  const single = /^'((?:[^']|'')*)'$/.exec(text)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  // Of double-quoted strings only those valid as JSON are supported.
  if (DOUBLE.test(text)) return String(JSON.parse(text));
  if (/^["'{&*!|>%@`]/.test(text))
    throw wrong(line, 'a plain value, a quoted one or a list in brackets', text);
  if (/:(\s|$)/.test(text)) throw wrong(line, 'one value', text);
  if (Object.hasOwn(WORDS, text)) return WORDS[text] ?? null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function list(text: string, line: number): YamlValue[] {
  const inner = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  if (inner === undefined) throw wrong(line, 'a list in brackets on one line', text);
  if (inner.trim() === '') return [];
  return inner.split(',').map((part) => scalar(part.trim(), line));
}
