import { type Code, type ValueType, TYPE, section, sleb128, utf8, uleb128, vector } from './encode';
import { type Callable, Func, type Var } from './func';
import type { ValuesByType, Value } from './values';

/** "\0asm", version 1. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

type Variables<P extends readonly ValueType[]> = { readonly [I in keyof P]: Var<ValuesByType[P[I]]> };

/** Builds a WebAssembly module: functions on one imported memory, `env.memory`. */
export class Module {
  /** True if its functions may use relaxed SIMD. */
  readonly relaxed: boolean;
  readonly #types: Code[] = [];
  readonly #functions: { readonly type: number; readonly code: Code }[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  readonly #table: number[] = [];

  constructor(relaxed = false) {
    this.relaxed = relaxed;
  }

  /** Adds a function. `body` emits its instructions and returns its result, if it has one. */
  func<const P extends readonly ValueType[], R extends ValueType | undefined>(
    params: P,
    result: R,
    body: (f: Func, ...params: Variables<P>) => R extends ValueType ? ValuesByType[R] : void,
  ): Callable<P, R> {
    const f = new Func(params, this.relaxed);
    const variables = params.map((valueType, index) => f.param(index, valueType)) as unknown as Variables<P>;
    const value = body(f, ...variables) as Value | undefined;
    this.#functions.push({ type: this.typeIndex(params, result), code: f.encode(value) });
    return { index: this.#functions.length - 1, params, result };
  }

  export(name: string, { index }: Callable<readonly ValueType[], ValueType | undefined>): void {
    this.#exports.push({ name, index });
  }

  /** Adds a function to the table and returns its index there. */
  addToTable({ index }: Callable<readonly ValueType[], ValueType | undefined>): number {
    return this.#table.push(index) - 1;
  }

  /** Returns the index of a function type, which it adds if it is new. */
  typeIndex(params: readonly ValueType[], result: ValueType | undefined): number {
    const code = [
      0x60,
      ...vector(params.map((valueType) => [TYPE[valueType]])),
      ...vector(result ? [[TYPE[result]]] : []),
    ];
    const known = this.#types.findIndex((type) => String(type) === String(code));
    return known < 0 ? this.#types.push(code) - 1 : known;
  }

  /** Returns the binary, for a memory of at most `maxPages` pages of 64 KiB. `shared`: threads share the memory. */
  encode(minPages: number, maxPages: number, shared: boolean): Uint8Array<ArrayBuffer> {
    const limits = [shared ? 3 : 1, ...uleb128(minPages), ...uleb128(maxPages)];
    const exports = this.#exports.map(({ name, index }) => [...utf8(name), 0, ...uleb128(index)]);
    const size = uleb128(this.#table.length);
    return Uint8Array.from([
      ...MAGIC,
      ...section(1, vector(this.#types)),
      ...section(2, vector([[...utf8('env'), ...utf8('memory'), 2, ...limits]])),
      ...section(3, vector(this.#functions.map(({ type }) => uleb128(type)))),
      ...section(4, vector([[0x70, 1, ...size, ...size]])),
      ...section(7, vector(exports)),
      ...section(9, vector([[0, 0x41, ...sleb128(0), 0x0b, ...vector(this.#table.map(uleb128))]])),
      ...section(10, vector(this.#functions.map(({ code }) => code))),
    ]);
  }
}
