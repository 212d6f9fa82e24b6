import { type Code, type Kind, TYPE, unsigned, vector } from './encode';
import { F32, F64, I32, type Kinds, V128, type Value, simd, valueOf } from './values';

/** A local variable: a value that can be set. */
export type Var<V extends Value> = V & { set(value: V): void };

/** A function that can be called from others of the module. */
export interface Callable<P extends readonly Kind[], R extends Kind | undefined> {
  readonly index: number;
  readonly params: P;
  readonly result: R;
}

type Arguments<P extends readonly Kind[]> = { readonly [I in keyof P]: Kinds[P[I]] };

/** The body of a function as it is written, instruction after instruction. */
export class Func {
  readonly #params: number;
  readonly #locals: Kind[] = [];
  readonly #code: number[] = [];

  constructor(params: readonly Kind[]) {
    this.#params = params.length;
  }

  /** The parameter as a variable. */
  param<K extends Kind>(index: number, kind: K): Var<Kinds[K]> {
    return this.#variable(index, kind);
  }

  /** A new variable that holds the value. */
  keep<K extends Kind>(value: Value & { readonly kind: K }): Var<Kinds[K]> {
    this.#locals.push(value.kind);
    const variable = this.#variable(this.#params + this.#locals.length - 1, value.kind);
    (variable as Var<Value>).set(value);
    return variable;
  }

  i32(value: I32 | number): Var<I32> {
    return this.keep(I32.of(value));
  }

  f32(value: F32 | number): Var<F32> {
    return this.keep(F32.of(value));
  }

  f64(value: F64 | number): Var<F64> {
    return this.keep(F64.of(value));
  }

  v128(value: V128 | number): Var<V128> {
    return this.keep(V128.of(value));
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    this.#emit([...condition.code, 0x04, 0x40]);
    then();
    if (otherwise) {
      this.#emit([0x05]);
      otherwise();
    }
    this.#emit([0x0b]);
  }

  while(condition: I32, body: () => void): void {
    this.#emit([0x02, 0x40, 0x03, 0x40, ...condition.isZero().code, 0x0d, 1]);
    body();
    this.#emit([0x0c, 0, 0x0b, 0x0b]);
  }

  /** For i from `start`, by `step`, while below `end` (unsigned). `end` is computed again each time: keep it. */
  each(start: I32 | number, end: I32, step: I32 | number, body: (i: Var<I32>) => void): void {
    const i = this.i32(start);
    this.if(i.below(end), () => {
      this.#emit([0x03, 0x40]);
      body(i);
      i.set(i.add(step));
      this.#emit([...i.below(end).code, 0x0d, 0, 0x0b]);
    });
  }

  storeI32(at: I32, value: I32 | number, offset = 0): void {
    this.#emit([...at.code, ...I32.of(value).code, 0x36, 2, ...unsigned(offset)]);
  }

  storeF32(at: I32, value: F32, offset = 0): void {
    this.#emit([...at.code, ...value.code, 0x38, 2, ...unsigned(offset)]);
  }

  storeF64(at: I32, value: F64, offset = 0): void {
    this.#emit([...at.code, ...value.code, 0x39, 3, ...unsigned(offset)]);
  }

  storeV128(at: I32, value: V128, offset = 0): void {
    this.#emit([...at.code, ...value.code, ...simd(0x0b), 2, ...unsigned(offset)]);
  }

  /** Computes a value for what else it does. */
  drop(value: Value): void {
    this.#emit([...value.code, 0x1a]);
  }

  /** Calls a function without a result. */
  run<P extends readonly Kind[]>({ index }: Callable<P, undefined>, ...args: Arguments<P>): void {
    this.#emit([...codes(args), 0x10, ...unsigned(index)]);
  }

  /** Calls entry `index` of the table, a function without a result. */
  runIndirect(type: number, index: I32, ...args: readonly Value[]): void {
    this.#emit([...codes(args), ...index.code, 0x11, ...unsigned(type), 0]);
  }

  /** The finished function, returning the value if there is one. */
  encode(result?: Value): Code {
    const locals = vector(this.#locals.map((kind) => [1, TYPE[kind]]));
    const body = [...locals, ...this.#code, ...(result?.code ?? []), 0x0b];
    return [...unsigned(body.length), ...body];
  }

  #variable<K extends Kind>(index: number, kind: K): Var<Kinds[K]> {
    const set = (value: Value): void => this.#emit([...value.code, 0x21, ...unsigned(index)]);
    return Object.assign(valueOf(kind, [0x20, ...unsigned(index)]), { set }) as unknown as Var<Kinds[K]>;
  }

  #emit(code: Code): void {
    for (const byte of code) this.#code.push(byte);
  }
}

const codes = (values: readonly unknown[]): number[] =>
  (values as readonly Value[]).flatMap(({ code }) => [...code]);
