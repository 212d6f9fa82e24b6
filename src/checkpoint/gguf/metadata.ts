import { CheckpointError } from '../errors';
import { show } from '../../legible';
import { MAX_BLOCKS } from '../max-blocks';
import type { GgufValue } from './reader';

/** The metadata of a GGUF file, read by name and type. Keys without a dot before them are those of the file's architecture. */
export class Metadata {
  readonly #file: string;
  readonly #values: ReadonlyMap<string, GgufValue>;

  constructor(file: string, values: ReadonlyMap<string, GgufValue>) {
    this.#file = file;
    this.#values = values;
  }

  /** As in `general.architecture`. */
  get architecture(): string {
    return this.text('general.architecture') ?? this.#wrong('general.architecture', 'a name', undefined);
  }

  /** Returns a value by its whole key. */
  get(key: string): GgufValue | undefined {
    return this.#values.get(key);
  }

  /** Returns a text by its whole key; undefined if there is none. @throws CheckpointError for any other value. */
  text(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === 'string') return value;
    return this.#wrong(key, 'a text', value);
  }

  /** Returns a truth value by its whole key; undefined if there is none. @throws CheckpointError for any other value. */
  flag(key: string): boolean | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#wrong(key, 'true or false', value);
  }

  /** Returns a list of texts by its whole key; undefined if there is none. @throws CheckpointError for any other value. */
  texts(key: string): readonly string[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
    return this.#wrong(key, 'a list of texts', value);
  }

  /** Returns numbers by their whole key; undefined if there are none. @throws CheckpointError for any other value. */
  numbers(key: string): ArrayLike<number> | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'object' && !Array.isArray(value)) return value as ArrayLike<number>;
    return this.#wrong(key, 'a list of numbers', value);
  }

  /** Returns a count of the architecture. @throws CheckpointError if it is missing without `fallback`, or not a count. */
  count(name: string, fallback?: number): number {
    const [key, value] = this.#own(name, fallback);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    return this.#wrong(key, 'a whole number above 0', value);
  }

  /** Returns a number of the architecture. @throws CheckpointError if it is missing without `fallback`, or not above 0. */
  positive(name: string, fallback?: number): number {
    const [key, value] = this.#own(name, fallback);
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    return this.#wrong(key, 'a number above 0', value);
  }

  /** True if the architecture has this key. */
  has(name: string): boolean {
    return this.#own(name, undefined)[1] !== undefined;
  }

  /** Returns a text of the architecture; undefined if there is none. */
  own(name: string): string | undefined {
    return this.text(`${this.architecture}.${name}`);
  }

  blocks(): number {
    const count = this.count('block_count');
    return count <= MAX_BLOCKS ? count : this.#wrong('block_count', `at most ${MAX_BLOCKS}`, count);
  }

  headDim(): number {
    const width = this.count('embedding_length') / this.count('attention.head_count');
    const dimension = this.count('attention.key_length', width);
    const ofValues = this.count('attention.value_length', dimension);
    return ofValues === dimension
      ? dimension
      : this.#wrong('attention.value_length', `${dimension}`, ofValues);
  }

  #own(name: string, fallback: number | undefined): [key: string, value: GgufValue | undefined] {
    const key = `${this.architecture}.${name}`;
    return [key, this.get(key) ?? fallback];
  }

  #wrong(key: string, expected: string, got: GgufValue | undefined): never {
    const came = got === undefined ? 'nothing' : typeof got === 'object' ? 'a list' : show(got);
    throw new CheckpointError(
      `${this.#file}: expected ${key} to be ${expected}, got ${came}. Convert the model again with a current llama.cpp.`,
    );
  }
}
