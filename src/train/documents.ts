import { show } from '../legible';
import { TrainError } from './errors';

/** The line between two texts of a `.txt` file. */
const DIVIDER = /^[^\S\n]*\*\*\*[^\S\n]*$/m;

/**
 * Returns the texts of a file: the field `text` of every line of a `.jsonl` file, else the parts between lines of `***`.
 * @throws TrainError if a line of a `.jsonl` file is not an object with a text (names the line), or the file has no text.
 */
export function documentsOf(name: string, content: string): string[] {
  const documents = isJsonl(name)
    ? jsonLines(name, content).map(({ line, fields }) => field(name, line, fields, ['text']))
    : content.split(DIVIDER).map((text) => text.trim());
  const filled = documents.filter((text) => text !== '');
  if (filled.length > 0) return filled;
  throw new TrainError(`${name}: expected a text, got an empty file. Choose another file.`);
}

const isJsonl = (name: string): boolean => /\.(jsonl|ndjson)$/i.test(name);

type Fields = Readonly<Record<string, unknown>>;

/** Parses a file with one JSON object per line; skips empty lines. @throws TrainError naming the line. */
export function jsonLines(name: string, content: string): { line: number; fields: Fields }[] {
  const found: { line: number; fields: Fields }[] = [];
  for (const [i, text] of content.split(/\r?\n/).entries()) {
    if (text.trim() === '') continue;
    const line = i + 1;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw wrong(name, line, 'a JSON object', show(text));
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrong(name, line, 'a JSON object', show(value));
    found.push({ line, fields: value as Fields });
  }
  return found;
}

/** Returns the first of the fields `names` that is present. @throws TrainError naming file, line and field. */
export function field(name: string, line: number, fields: Fields, names: readonly string[]): string {
  const found = names.find((key) => fields[key] !== undefined);
  const value = found === undefined ? undefined : fields[found];
  if (typeof value === 'string' && value.trim() !== '') return value;
  const got =
    found === undefined
      ? `only ${Object.keys(fields).slice(0, 12).join(', ') || 'an empty object'}`
      : show(value);
  throw wrong(name, line, `a text in the field ${names.join(' or ')}`, got);
}

const wrong = (name: string, line: number, expected: string, got: string): TrainError =>
  new TrainError(`${name}, line ${line}: expected ${expected}, got ${got}. Correct that line.`);
