import { type Code, type Kind, TYPE, section, signed, text, unsigned, vector } from './encode';
import { type Callable, Func, type Var } from './func';
import type { Kinds, Value } from './values';

/** "\0asm", version 1. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

type Variables<P extends readonly Kind[]> = { readonly [I in keyof P]: Var<Kinds[P[I]]> };

/** A WebAssembly module as it is written: functions on one imported memory, `env.memory`. */
export class Module {
  readonly #types: Code[] = [];
  readonly #functions: { readonly type: number; readonly code: Code }[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  readonly #table: number[] = [];

  /** Adds a function. Its `body` returns its result, computed last, if it has one. */
  func<const P extends readonly Kind[], R extends Kind | undefined>(
    params: P,
    result: R,
    body: (f: Func, ...params: Variables<P>) => R extends Kind ? Kinds[R] : void,
  ): Callable<P, R> {
    const f = new Func(params);
    const variables = params.map((kind, index) => f.param(index, kind)) as unknown as Variables<P>;
    const value = body(f, ...variables) as Value | undefined;
    this.#functions.push({ type: this.type(params, result), code: f.encode(value) });
    return { index: this.#functions.length - 1, params, result };
  }

  export(name: string, { index }: Callable<readonly Kind[], Kind | undefined>): void {
    this.#exports.push({ name, index });
  }

  /** Puts the function in the table and returns its entry. */
  tabulate({ index }: Callable<readonly Kind[], Kind | undefined>): number {
    return this.#table.push(index) - 1;
  }

  /** Index of a function type. */
  type(params: readonly Kind[], result: Kind | undefined): number {
    const code = [
      0x60,
      ...vector(params.map((kind) => [TYPE[kind]])),
      ...vector(result ? [[TYPE[result]]] : []),
    ];
    const known = this.#types.findIndex((type) => String(type) === String(code));
    return known < 0 ? this.#types.push(code) - 1 : known;
  }

  /** The binary, for a memory of at most `maxPages` pages of 64 KiB that threads share or not. */
  encode(minPages: number, maxPages: number, shared: boolean): Uint8Array<ArrayBuffer> {
    const limits = [shared ? 3 : 1, ...unsigned(minPages), ...unsigned(maxPages)];
    const exports = this.#exports.map(({ name, index }) => [...text(name), 0, ...unsigned(index)]);
    const size = unsigned(this.#table.length);
    return Uint8Array.from([
      ...MAGIC,
      ...section(1, vector(this.#types)),
      ...section(2, vector([[...text('env'), ...text('memory'), 2, ...limits]])),
      ...section(3, vector(this.#functions.map(({ type }) => unsigned(type)))),
      ...section(4, vector([[0x70, 1, ...size, ...size]])),
      ...section(7, vector(exports)),
      ...section(9, vector([[0, 0x41, ...signed(0), 0x0b, ...vector(this.#table.map(unsigned))]])),
      ...section(10, vector(this.#functions.map(({ code }) => code))),
    ]);
  }
}
