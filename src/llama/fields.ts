import { show } from '../legible';
import { ConfigError } from './errors';

/** A parsed JSON object with unchecked fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the error for a field that is missing or not valid. */
export const wrongField = (name: string, expected: string, got: unknown): ConfigError =>
  new ConfigError(
    `config.json: expected ${name} to be ${expected}, got ${show(got)}. ` +
      'Correct the field, or fetch config.json again from where the model came from.',
  );

/** Returns a field, or `fallback` if it is absent or null (as transformers does). */
function present(raw: JsonObject, name: string, fallback: unknown): unknown {
  return raw[name] ?? fallback;
}

/** Reads a count. @throws ConfigError unless the field is a whole number of at least 1. */
export function count(raw: JsonObject, name: string, fallback?: number): number {
  const value = present(raw, name, fallback);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw wrongField(name, 'a whole number above 0', value);
}

/** Reads a positive number. @throws ConfigError unless the field is a finite number above 0. */
export function positive(raw: JsonObject, name: string, fallback?: number): number {
  const value = present(raw, name, fallback);
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw wrongField(name, 'a number above 0', value);
}

/** Reads a boolean. @throws ConfigError unless the field is true, false or absent. */
export function flag(raw: JsonObject, name: string): boolean {
  const value = present(raw, name, false);
  if (typeof value === 'boolean') return value;
  throw wrongField(name, 'true or false', value);
}

const isId = (id: unknown): id is number => typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;

/** Reads a field with one token id, a list of them, or nothing. @throws ConfigError for anything else. */
export function tokenList(raw: JsonObject, name: string): readonly number[] {
  const value = present(raw, name, []);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every(isId)) return list;
  throw wrongField(name, 'a token id or a list of token ids', value);
}
