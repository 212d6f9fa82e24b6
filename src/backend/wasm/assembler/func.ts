import { type Code, type ValueType, TYPE, uleb128, vector } from './encode';
import { F32, F64, I32, type ValuesByType, V128, type Value, simd, valueFromCode } from './values';

/** A local variable: a value with a method that emits an assignment. */
export type Var<V extends Value> = V & { set(value: V): void };

/** A function of the module that other functions can call. */
export interface Callable<P extends readonly ValueType[], R extends ValueType | undefined> {
  readonly index: number;
  readonly params: P;
  readonly result: R;
}

type Arguments<P extends readonly ValueType[]> = { readonly [I in keyof P]: ValuesByType[P[I]] };

/** Builds the body of a function: each method call emits instructions. */
export class Func {
  readonly #params: number;
  readonly #relaxed: boolean;
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];
  /** Assignments of constants, before all other code. */
  readonly #prologue: number[] = [];
  readonly #constants = new Map<string, V128>();

  /** @param relaxed true if the function may use relaxed SIMD. */
  constructor(params: readonly ValueType[], relaxed: boolean) {
    this.#params = params.length;
    this.#relaxed = relaxed;
  }

  /** Returns a parameter as a variable. */
  param<K extends ValueType>(index: number, valueType: K): Var<ValuesByType[K]> {
    return this.#variable(index, valueType);
  }

  /** Declares a variable and sets it to the value. */
  local<K extends ValueType>(value: Value & { readonly valueType: K }): Var<ValuesByType[K]> {
    const variable = this.#variable(this.#declare(value.valueType), value.valueType);
    (variable as Var<Value>).set(value);
    return variable;
  }

  i32(value: I32 | number): Var<I32> {
    return this.local(I32.of(value));
  }

  f32(value: F32 | number): Var<F32> {
    return this.local(F32.of(value));
  }

  f64(value: F64 | number): Var<F64> {
    return this.local(F64.of(value));
  }

  v128(value: V128 | number): Var<V128> {
    return this.local(V128.of(value));
  }

  /**
   * Returns a variable with a constant, or a number in all f32 lanes, set once, when the function starts. In loops it is faster than `V128.of`, which
   * engines turn into several instructions at every use.
   */
  constant(value: V128 | number): V128 {
    const { code } = V128.of(value);
    const known = this.#constants.get(String(code));
    if (known) return known;
    const index = this.#declare('v128');
    this.#prologue.push(...code, ...localSet(index));
    const constant = this.#variable(index, 'v128');
    this.#constants.set(String(code), constant);
    return constant;
  }

  /** a · b + c in f32 lanes, in one instruction where there is relaxed SIMD. Numbers become constants. */
  multiplyAdd(a: V128, b: V128 | number, c: V128 | number): V128 {
    const factor = typeof b === 'number' ? this.constant(b) : b;
    const term = typeof c === 'number' ? this.constant(c) : c;
    return this.#relaxed ? a.relaxedMultiplyAdd(factor, term) : a.mul(factor).add(term);
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

  /** Loops with i from `start` by `step` while below `end` (unsigned). `end` is computed in every iteration: pass a variable. */
  for(start: I32 | number, end: I32, step: I32 | number, body: (i: Var<I32>) => void): void {
    const i = this.i32(start);
    this.if(i.below(end), () => {
      this.#emit([0x03, 0x40]);
      body(i);
      i.set(i.add(step));
      this.#emit([...i.below(end).code, 0x0d, 0, 0x0b]);
    });
  }

  storeI32(at: I32, value: I32 | number, offset = 0): void {
    this.#emit([...at.code, ...I32.of(value).code, 0x36, 2, ...uleb128(offset)]);
  }

  storeF32(at: I32, value: F32, offset = 0): void {
    this.#emit([...at.code, ...value.code, 0x38, 2, ...uleb128(offset)]);
  }

  storeF64(at: I32, value: F64, offset = 0): void {
    this.#emit([...at.code, ...value.code, 0x39, 3, ...uleb128(offset)]);
  }

  storeV128(at: I32, value: V128, offset = 0): void {
    this.#emit([...at.code, ...value.code, ...simd(0x0b), 2, ...uleb128(offset)]);
  }

  /** Computes a value for its side effects. */
  drop(value: Value): void {
    this.#emit([...value.code, 0x1a]);
  }

  /** Calls a function without a result. */
  call<P extends readonly ValueType[]>({ index }: Callable<P, undefined>, ...args: Arguments<P>): void {
    this.#emit([...codes(args), 0x10, ...uleb128(index)]);
  }

  /** Calls the function at `index` of the table, which has no result. */
  callIndirect(type: number, index: I32, ...args: readonly Value[]): void {
    this.#emit([...codes(args), ...index.code, 0x11, ...uleb128(type), 0]);
  }

  /** Returns the bytes of the finished function, which returns `result` if given. */
  encode(result?: Value): Code {
    const locals = vector(this.#locals.map((valueType) => [1, TYPE[valueType]]));
    const body = [...locals, ...this.#prologue, ...this.#code, ...(result?.code ?? []), 0x0b];
    return [...uleb128(body.length), ...body];
  }

  /** Declares a local variable and returns its index. */
  #declare(valueType: ValueType): number {
    return this.#params + this.#locals.push(valueType) - 1;
  }

  #variable<K extends ValueType>(index: number, valueType: K): Var<ValuesByType[K]> {
    const set = (value: Value): void => this.#emit([...value.code, ...localSet(index)]);
    return Object.assign(valueFromCode(valueType, [0x20, ...uleb128(index)]), { set }) as unknown as Var<
      ValuesByType[K]
    >;
  }

  #emit(code: Code): void {
    for (const byte of code) this.#code.push(byte);
  }
}

const localSet = (index: number): number[] => [0x21, ...uleb128(index)];

const codes = (values: readonly unknown[]): number[] =>
  (values as readonly Value[]).flatMap(({ code }) => [...code]);
