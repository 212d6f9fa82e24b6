import { type Code, type ValueType, float32, float64, sleb128, uleb128 } from './encode';

/** A vector instruction: its prefix, then its opcode. */
export const simd = (opcode: number): number[] => [0xfd, ...uleb128(opcode)];
const memory = (alignment: number, offset: number): number[] => [alignment, ...uleb128(offset)];

/**
 * An expression: the instructions that compute a value. They are emitted at every use, so store a value that is used twice in a
 * variable (`Func.local`).
 */
abstract class Value {
  constructor(readonly code: Code) {}
  abstract readonly valueType: ValueType;
}
export type { Value };

const instruction = (opcode: Code, ...operands: readonly Value[]): number[] => [
  ...operands.flatMap(({ code }) => code),
  ...opcode,
];

export class I32 extends Value {
  readonly valueType = 'i32';

  static of(value: I32 | number): I32 {
    return typeof value === 'number' ? new I32([0x41, ...sleb128(value)]) : value;
  }

  #binary(opcode: number, other: I32 | number): I32 {
    return new I32(instruction([opcode], this, I32.of(other)));
  }

  add(other: I32 | number): I32 {
    return this.#binary(0x6a, other);
  }

  sub(other: I32 | number): I32 {
    return this.#binary(0x6b, other);
  }

  mul(other: I32 | number): I32 {
    return this.#binary(0x6c, other);
  }

  div(other: I32 | number): I32 {
    return this.#binary(0x6e, other);
  }

  and(other: I32 | number): I32 {
    return this.#binary(0x71, other);
  }

  or(other: I32 | number): I32 {
    return this.#binary(0x72, other);
  }

  shl(other: I32 | number): I32 {
    return this.#binary(0x74, other);
  }

  shr(other: I32 | number): I32 {
    return this.#binary(0x76, other);
  }

  equals(other: I32 | number): I32 {
    return this.#binary(0x46, other);
  }

  differs(other: I32 | number): I32 {
    return this.#binary(0x47, other);
  }

  /** Unsigned, as all comparisons of I32. */
  below(other: I32 | number): I32 {
    return this.#binary(0x49, other);
  }

  atLeast(other: I32 | number): I32 {
    return this.#binary(0x4f, other);
  }

  isZero(): I32 {
    return new I32(instruction([0x45], this));
  }

  /** Unsigned. */
  min(other: I32 | number): I32 {
    return select(this.below(other), this, I32.of(other));
  }

  /** Unsigned. */
  max(other: I32 | number): I32 {
    return select(this.below(other), I32.of(other), this);
  }

  /** Converts the unsigned number. */
  toF32(): F32 {
    return new F32(instruction([0xb3], this));
  }

  toF64(): F64 {
    return new F64(instruction([0xb8], this));
  }

  splat(): V128 {
    return new V128(instruction(simd(0x11), this));
  }

  /** Reinterprets the bits. */
  asF32(): F32 {
    return new F32(instruction([0xbe], this));
  }

  // Loads from this address.
  i32(offset = 0): I32 {
    return new I32(instruction([0x28, ...memory(2, offset)], this));
  }

  u16(offset = 0): I32 {
    return new I32(instruction([0x2f, ...memory(1, offset)], this));
  }

  f32(offset = 0): F32 {
    return new F32(instruction([0x2a, ...memory(2, offset)], this));
  }

  f64(offset = 0): F64 {
    return new F64(instruction([0x2b, ...memory(3, offset)], this));
  }

  v128(offset = 0): V128 {
    return new V128(instruction([...simd(0x00), ...memory(2, offset)], this));
  }

  /** Four unsigned 16-bit integers, extended to 32 bits. */
  u16x4(offset = 0): V128 {
    return new V128(instruction([...simd(0x04), ...memory(1, offset)], this));
  }

  /** One f32 in all lanes. */
  splatF32(offset = 0): V128 {
    return new V128(instruction([...simd(0x09), ...memory(2, offset)], this));
  }

  atomic(offset = 0): I32 {
    return new I32(instruction([0xfe, 0x10, ...memory(2, offset)], this));
  }

  /** Adds atomically and returns the old value. */
  atomicAdd(value: I32 | number): I32 {
    return new I32(instruction([0xfe, 0x1e, ...memory(2, 0)], this, I32.of(value)));
  }

  /** Stores `next` if memory has `expected`; returns the old value. */
  atomicCompareExchange(expected: I32, next: I32): I32 {
    return new I32(instruction([0xfe, 0x48, ...memory(2, 0)], this, expected, next));
  }

  /** If memory has `expected`, sleeps until notified, at most so many nanoseconds (−1: for ever). 2: nobody notified in that time. */
  atomicWait(expected: I32, nanoseconds = -1): I32 {
    const limit = [0x42, ...sleb128(nanoseconds)];
    return new I32([...this.code, ...expected.code, ...limit, 0xfe, 0x01, ...memory(2, 0)]);
  }

  /** Wakes all threads that wait on this address. */
  atomicNotify(): I32 {
    return new I32([...this.code, ...I32.of(-1).code, 0xfe, 0x00, ...memory(2, 0)]);
  }
}

export class F32 extends Value {
  readonly valueType = 'f32';

  static of(value: F32 | number): F32 {
    return typeof value === 'number' ? new F32([0x43, ...float32(value)]) : value;
  }

  #binary(opcode: number, other: F32 | number): F32 {
    return new F32(instruction([opcode], this, F32.of(other)));
  }

  add(other: F32 | number): F32 {
    return this.#binary(0x92, other);
  }

  sub(other: F32 | number): F32 {
    return this.#binary(0x93, other);
  }

  mul(other: F32 | number): F32 {
    return this.#binary(0x94, other);
  }

  div(other: F32 | number): F32 {
    return this.#binary(0x95, other);
  }

  min(other: F32 | number): F32 {
    return this.#binary(0x96, other);
  }

  max(other: F32 | number): F32 {
    return this.#binary(0x97, other);
  }

  differs(other: F32 | number): I32 {
    return new I32(instruction([0x5c], this, F32.of(other)));
  }

  splat(): V128 {
    return new V128(instruction(simd(0x13), this));
  }

  toF64(): F64 {
    return new F64(instruction([0xbb], this));
  }
}

export class F64 extends Value {
  readonly valueType = 'f64';

  static of(value: F64 | number): F64 {
    return typeof value === 'number' ? new F64([0x44, ...float64(value)]) : value;
  }

  #binary(opcode: number, other: F64 | number): F64 {
    return new F64(instruction([opcode], this, F64.of(other)));
  }

  add(other: F64 | number): F64 {
    return this.#binary(0xa0, other);
  }

  sub(other: F64 | number): F64 {
    return this.#binary(0xa1, other);
  }

  mul(other: F64 | number): F64 {
    return this.#binary(0xa2, other);
  }

  div(other: F64 | number): F64 {
    return this.#binary(0xa3, other);
  }

  sqrt(): F64 {
    return new F64(instruction([0x9f], this));
  }

  above(other: F64 | number): I32 {
    return new I32(instruction([0x64], this, F64.of(other)));
  }

  splat(): V128 {
    return new V128(instruction(simd(0x14), this));
  }

  toF32(): F32 {
    return new F32(instruction([0xb6], this));
  }
}

/** A 128-bit vector of four f32 lanes. Methods named after another type treat the bits as lanes of that type. */
export class V128 extends Value {
  readonly valueType = 'v128';

  static of(value: V128 | number): V128 {
    if (typeof value !== 'number') return value;
    const lane = float32(value);
    return new V128([...simd(0x0c), ...lane, ...lane, ...lane, ...lane]);
  }

  /** One integer for all lanes, or one per lane. */
  static ofI32(...values: readonly [number] | readonly [number, number, number, number]): V128 {
    const lanes = values.length === 4 ? values : [values[0], values[0], values[0], values[0]];
    return new V128([...simd(0x0c), ...new Uint8Array(Int32Array.from(lanes).buffer)]);
  }

  /** One f64 number in both lanes. */
  static ofF64(value: V128 | number): V128 {
    if (typeof value !== 'number') return value;
    const lane = float64(value);
    return new V128([...simd(0x0c), ...lane, ...lane]);
  }

  /** One 64-bit integer in both lanes. */
  static ofI64(value: bigint): V128 {
    return new V128([...simd(0x0c), ...new Uint8Array(BigInt64Array.of(value, value).buffer)]);
  }

  #binary(opcode: number, other: V128 | number): V128 {
    return new V128(instruction(simd(opcode), this, V128.of(other)));
  }

  #binaryF64(opcode: number, other: V128 | number): V128 {
    return new V128(instruction(simd(opcode), this, V128.ofF64(other)));
  }

  #unary(opcode: number): V128 {
    return new V128(instruction(simd(opcode), this));
  }

  add(other: V128 | number): V128 {
    return this.#binary(0xe4, other);
  }

  sub(other: V128 | number): V128 {
    return this.#binary(0xe5, other);
  }

  mul(other: V128 | number): V128 {
    return this.#binary(0xe6, other);
  }

  div(other: V128 | number): V128 {
    return this.#binary(0xe7, other);
  }

  /** this · factor + term, rounded once or twice: whichever is faster here. Needs relaxed SIMD; see `Func.multiplyAdd`. */
  relaxedMultiplyAdd(factor: V128, term: V128): V128 {
    return new V128(instruction(simd(0x105), this, factor, term));
  }

  /** NaN if either operand is NaN; so is `max`. */
  min(other: V128 | number): V128 {
    return this.#binary(0xe8, other);
  }

  max(other: V128 | number): V128 {
    return this.#binary(0xe9, other);
  }

  /** `other` where it is greater, else this: ignores NaN in `other`. Faster than `max` on common hardware. */
  pmax(other: V128 | number): V128 {
    return this.#binary(0xeb, other);
  }

  abs(): V128 {
    return this.#unary(0xe0);
  }

  negate(): V128 {
    return this.#unary(0xe1);
  }

  sqrt(): V128 {
    return this.#unary(0xe3);
  }

  nearest(): V128 {
    return this.#unary(0x6a);
  }

  differs(other: V128 | number): V128 {
    return this.#binary(0x42, other);
  }

  below(other: V128 | number): V128 {
    return this.#binary(0x43, other);
  }

  above(other: V128 | number): V128 {
    return this.#binary(0x44, other);
  }

  not(): V128 {
    return this.#unary(0x4d);
  }

  and(other: V128): V128 {
    return this.#binary(0x4e, other);
  }

  /** this & ~other. */
  andNot(other: V128): V128 {
    return this.#binary(0x4f, other);
  }

  or(other: V128): V128 {
    return this.#binary(0x50, other);
  }

  /** Bits of this where `mask` has ones, else of `other`. */
  bitselect(mask: V128, other: V128): V128 {
    return new V128(instruction(simd(0x52), this, other, mask));
  }

  anyTrue(): I32 {
    return new I32(instruction(simd(0x53), this));
  }

  lane(index: number): F32 {
    return new F32([...this.code, ...simd(0x1f), index]);
  }

  withLane(index: number, value: F32): V128 {
    return new V128([...this.code, ...value.code, ...simd(0x20), index]);
  }

  /** Picks lanes of this (0 … 3) and of `other` (4 … 7). */
  shuffle = (other: V128, lanes: readonly [number, number, number, number]): V128 =>
    new V128([
      ...this.code,
      ...other.code,
      ...simd(0x0d),
      ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    ]);

  // Four i32 lanes.
  truncateToI32(): V128 {
    return this.#unary(0xf8);
  }

  i32ToF32(): V128 {
    return this.#unary(0xfa);
  }

  addI32(other: V128): V128 {
    return this.#binary(0xae, other);
  }

  subI32(other: V128): V128 {
    return this.#binary(0xb1, other);
  }

  /** Signed. */
  aboveI32(other: V128): V128 {
    return this.#binary(0x3b, other);
  }

  shl(bits: number): V128 {
    return new V128([...this.code, ...I32.of(bits).code, ...simd(0xab)]);
  }

  /** Sign-extending. */
  shr(bits: number): V128 {
    return new V128([...this.code, ...I32.of(bits).code, ...simd(0xac)]);
  }

  // Two f64 lanes.
  /** Converts f32 lanes 0 and 1. */
  lowToF64(): V128 {
    return this.#unary(0x5f);
  }

  highToF64(): V128 {
    return this.shuffle(this, [2, 3, 2, 3]).lowToF64();
  }

  addF64(other: V128 | number): V128 {
    return this.#binaryF64(0xf0, other);
  }

  subF64(other: V128 | number): V128 {
    return this.#binaryF64(0xf1, other);
  }

  mulF64(other: V128 | number): V128 {
    return this.#binaryF64(0xf2, other);
  }

  divF64(other: V128 | number): V128 {
    return this.#binaryF64(0xf3, other);
  }

  /** NaN if either operand is NaN; so is `maxF64`. */
  minF64(other: V128 | number): V128 {
    return this.#binaryF64(0xf4, other);
  }

  maxF64(other: V128 | number): V128 {
    return this.#binaryF64(0xf5, other);
  }

  absF64(): V128 {
    return this.#unary(0xec);
  }

  nearestF64(): V128 {
    return this.#unary(0x94);
  }

  equalsF64(other: V128 | number): V128 {
    return this.#binaryF64(0x47, other);
  }

  belowF64(other: V128 | number): V128 {
    return this.#binaryF64(0x49, other);
  }

  /** Converts to i32 lanes 0 and 1, the nearest there are (NaN to 0); lanes 2 and 3 are zero. */
  f64ToI32(): V128 {
    return this.#unary(0xfc);
  }

  /** Converts i32 lanes 0 and 1. */
  i32ToF64(): V128 {
    return this.#unary(0xfe);
  }

  /** Converts to f32 lanes 0 and 1; lanes 2 and 3 are zero. */
  f64ToF32(): V128 {
    return this.#unary(0x5e);
  }

  // Two 64-bit integer lanes.
  addI64(other: V128): V128 {
    return this.#binary(0xce, other);
  }

  shlI64(bits: number): V128 {
    return new V128([...this.code, ...I32.of(bits).code, ...simd(0xcb)]);
  }

  /** Sign-extending. */
  shrI64(bits: number): V128 {
    return new V128([...this.code, ...I32.of(bits).code, ...simd(0xcc)]);
  }

  laneF64(index: number): F64 {
    return new F64([...this.code, ...simd(0x21), index]);
  }

  /** Sum of the four lanes, pairwise. */
  reduceSum(): F32 {
    const two = this.add(this.shuffle(this, [2, 3, 0, 1]));
    return two.lane(0).add(two.lane(1));
  }

  /** Smallest lane. */
  reduceMin(): F32 {
    return this.lane(0)
      .min(this.lane(1))
      .min(this.lane(2).min(this.lane(3)));
  }

  /** Largest lane. */
  reduceMax(): F32 {
    return this.lane(0)
      .max(this.lane(1))
      .max(this.lane(2).max(this.lane(3)));
  }
}

export interface ValuesByType {
  readonly i32: I32;
  readonly f32: F32;
  readonly f64: F64;
  readonly v128: V128;
}

/** Wraps instructions as a value of this type. */
export function valueFromCode<K extends ValueType>(valueType: K, code: Code): ValuesByType[K] {
  const classes = { i32: I32, f32: F32, f64: F64, v128: V128 } as const;
  return new classes[valueType](code) as ValuesByType[K];
}

/** `then` if the condition is not 0, else `otherwise`; both are computed. */
const select = <V extends I32 | F32>(condition: I32, then: V, otherwise: V): V =>
  valueFromCode(then.valueType, [...then.code, ...otherwise.code, ...condition.code, 0x1b]) as V;
