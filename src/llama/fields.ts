import { ConfigError } from './errors';

/** A parsed JSON object whose fields are not trusted. */
export type Raw = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** The error of a field that is missing or of the wrong kind. */
export const wrongField = (name: string, expected: string, got: unknown): ConfigError =>
  new ConfigError(
    `config.json: expected ${name} to be ${expected}, got ${show(got)}. ` +
      'Correct the field, or fetch config.json again from where the model came from.',
  );

/** A field, or `fallback` where it is absent or null (as transformers reads it). */
function present(raw: Raw, name: string, fallback: unknown): unknown {
  return raw[name] ?? fallback;
}

/** @throws ConfigError unless the field is a whole number of at least 1. */
export function count(raw: Raw, name: string, fallback?: number): number {
  const value = present(raw, name, fallback);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw wrongField(name, 'a whole number above 0', value);
}

/** @throws ConfigError unless the field is a finite number above 0. */
export function positive(raw: Raw, name: string, fallback?: number): number {
  const value = present(raw, name, fallback);
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw wrongField(name, 'a number above 0', value);
}

/** @throws ConfigError unless the field is true, false or absent. */
export function flag(raw: Raw, name: string): boolean {
  const value = present(raw, name, false);
  if (typeof value === 'boolean') return value;
  throw wrongField(name, 'true or false', value);
}

const isId = (id: unknown): id is number => typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;

/** Token ids of a field that holds one, a list of them, or nothing. */
export function tokenList(raw: Raw, name: string): readonly number[] {
  const value = present(raw, name, []);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every(isId)) return list;
  throw wrongField(name, 'a token id or a list of token ids', value);
}
