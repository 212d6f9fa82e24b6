/**
 * The part of vitest that the operations suite uses (tests/operations), so that the same cases run in one file on a machine that
 * has only Node. The bundle puts this in vitest's place. What a case calls and is not here fails that case.
 */
import { isDeepStrictEqual } from 'node:util';

export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

let cases: Case[] = [];
let path: readonly string[] = [];

/** Returns the cases that `define` declares. */
export function collect(define: () => void): readonly Case[] {
  cases = [];
  path = [];
  define();
  return cases;
}

type Table = readonly unknown[];
type Body = (...values: never[]) => unknown;

const each =
  (add: (name: string, run: () => unknown) => void) => (table: Table) => (name: string, body: Body) => {
    for (const row of table) {
      const values = Array.isArray(row) ? (row as unknown[]) : [row];
      add(titled(name, values), () => (body as (...values: unknown[]) => unknown)(...values));
    }
  };

/** Puts values in place of %s, %i, %f and so on. */
function titled(name: string, values: readonly unknown[]): string {
  let at = 0;
  return name.replaceAll(/%[a-z]/g, () => String(values[at++]));
}

function addCase(name: string, run: () => unknown): void {
  cases.push({ name: [...path, name].join(' › '), run });
}

function group(name: string, define: () => unknown): void {
  const outer = path;
  path = [...path, name];
  define();
  path = outer;
}

export const it = Object.assign(addCase, { each: each(addCase) });
export const describe = Object.assign(group, { each: each(group) });

class Failure extends Error {}

type Thrown = RegExp | (new (...args: never[]) => Error);

class Expectation {
  readonly #actual: unknown;
  readonly #message: string | undefined;
  readonly #negated: boolean;

  constructor(actual: unknown, message: string | undefined, negated = false) {
    this.#actual = actual;
    this.#message = message;
    this.#negated = negated;
  }

  get not(): Expectation {
    return new Expectation(this.#actual, this.#message, !this.#negated);
  }

  /** Expectations on the error that a promise is rejected with. */
  get rejects(): { toThrow(expected?: Thrown): Promise<void> } {
    const promise = this.#actual as Promise<unknown>;
    return {
      toThrow: async (expected) => {
        const error = await promise.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        this.#hold(matches(error, expected), 'to be rejected with', expected, error);
      },
    };
  }

  toBe(expected: unknown): void {
    this.#hold(Object.is(this.#actual, expected), 'to be', expected);
  }

  toEqual(expected: unknown): void {
    this.#hold(isDeepStrictEqual(this.#actual, expected), 'to equal', expected);
  }

  toBeNaN(): void {
    this.#hold(Number.isNaN(this.#actual), 'to be', NaN);
  }

  toBeCloseTo(expected: number, digits = 2): void {
    const error = Math.abs((this.#actual as number) - expected);
    this.#hold(error < 10 ** -digits / 2, 'to be close to', expected);
  }

  toBeInstanceOf(expected: new (...args: never[]) => unknown): void {
    this.#hold(this.#actual instanceof expected, 'to be an instance of', expected.name);
  }

  toBeDefined(): void {
    this.#hold(this.#actual !== undefined, 'to be', 'defined');
  }

  toBeUndefined(): void {
    this.#hold(this.#actual === undefined, 'to be', undefined);
  }

  toBeLessThan(expected: number): void {
    this.#hold((this.#actual as number) < expected, 'to be less than', expected);
  }

  toBeLessThanOrEqual(expected: number): void {
    this.#hold((this.#actual as number) <= expected, 'to be at most', expected);
  }

  toBeGreaterThan(expected: number): void {
    this.#hold((this.#actual as number) > expected, 'to be greater than', expected);
  }

  toBeGreaterThanOrEqual(expected: number): void {
    this.#hold((this.#actual as number) >= expected, 'to be at least', expected);
  }

  toHaveLength(expected: number): void {
    this.#hold((this.#actual as ArrayLike<unknown>).length === expected, 'to have length', expected);
  }

  toContain(expected: unknown): void {
    this.#hold((this.#actual as readonly unknown[]).includes(expected), 'to contain', expected);
  }

  toThrow(expected?: Thrown): void {
    let error: unknown;
    try {
      (this.#actual as () => unknown)();
    } catch (reason) {
      error = reason;
    }
    this.#hold(matches(error, expected), 'to throw', expected, error);
  }

  #hold(holds: boolean, what: string, expected: unknown, actual: unknown = this.#actual): void {
    if (holds !== this.#negated) return;
    const text = `expected ${show(actual)} ${this.#negated ? 'not ' : ''}${what} ${show(expected)}`;
    throw new Failure(this.#message ? `${this.#message} (${text})` : text);
  }
}

const matches = (error: unknown, expected: Thrown | undefined): boolean =>
  error instanceof Error &&
  (expected === undefined ||
    (expected instanceof RegExp ? expected.test(error.message) : error instanceof expected));

const show = (value: unknown): string => String(value).slice(0, 200);

export const expect = (actual: unknown, message?: string): Expectation => new Expectation(actual, message);
