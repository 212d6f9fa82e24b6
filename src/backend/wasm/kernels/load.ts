import type { DType } from '../../operations';
import type { Func, Var } from '../assembler/func';
import { type F32, type I32, V128, choose } from '../assembler/values';

export type Packed = Exclude<DType, 'u32'>;

/** Four bf16 numbers, as 16-bit patterns in 32-bit lanes, to f32. */
const fromBf16 = (bits: V128): V128 => bits.shl(16);

/** Four f16 numbers likewise: the exponent is rebiased by a product, which is exact and takes subnormals along. */
function fromF16(f: Func, patterns: V128): V128 {
  const bits = f.v128(patterns);
  const body = f.v128(bits.and(V128.ofI32(0x7fff)).shl(13));
  const special = body.aboveI32(V128.ofI32(0x7bff << 13)).and(V128.ofI32(0x7f800000));
  return body
    .mul(2 ** 112)
    .or(special)
    .or(bits.and(V128.ofI32(0x8000)).shl(16));
}

/** Four adjacent numbers. */
export function load4(f: Func, dtype: Packed, at: I32): V128 {
  if (dtype === 'f32') return at.v128();
  return dtype === 'bf16' ? fromBf16(at.u16x4()) : fromF16(f, at.u16x4());
}

/** One number. */
export function load1(f: Func, dtype: Packed, at: I32): F32 {
  if (dtype === 'f32') return at.f32();
  return dtype === 'bf16' ? at.u16().shl(16).asF32() : fromF16(f, at.u16().splat()).lane(0);
}

/** What a loop over lanes does with four numbers, or with the last one to three. */
export interface Lanes {
  /** Bytes from the start of the row. */
  readonly offset: Var<I32>;
  /** f32 numbers of the row that starts at the address; `fill` where the row has ended. */
  load(row: I32, fill?: V128 | number): V128;
  store(row: I32, value: V128): void;
  /** Numbers of a row in f64: the first two, the other two. Beyond its end what stands in memory there. */
  loadWide(row: I32): readonly [low: V128, high: V128];
  /** The value with zeros where the row has ended. */
  only(value: V128): V128;
}

/** Walks through `count` adjacent f32 numbers, four at a time. The body is written twice: for whole vectors and for the rest. */
export function eachLane(f: Func, count: I32, body: (lanes: Lanes) => void): void {
  const offset = f.i32(0);
  const whole = f.i32(count.and(-4).shl(2));
  const loadWide = (row: I32) => {
    const from = row.add(offset.shl(1));
    return [from.v128(), from.v128(16)] as const;
  };
  f.while(offset.below(whole), () => {
    body({
      offset,
      load: (row) => row.add(offset).v128(),
      store: (row, value) => f.storeV128(row.add(offset), value),
      only: (value) => value,
      loadWide,
    });
    offset.set(offset.add(16));
  });
  const rest = f.i32(count.and(3));
  f.if(rest, () => {
    body({
      offset,
      load(row, fill = 0) {
        const from = f.i32(row.add(offset));
        const lanes = f.v128(fill);
        lanes.set(lanes.withLane(0, from.f32()));
        for (const lane of [1, 2]) {
          f.if(rest.atLeast(lane + 1), () => lanes.set(lanes.withLane(lane, from.f32(4 * lane))));
        }
        return lanes;
      },
      store(row, value) {
        const to = f.i32(row.add(offset));
        const lanes = f.v128(value);
        f.storeF32(to, lanes.lane(0));
        for (const lane of [1, 2]) {
          f.if(rest.atLeast(lane + 1), () => f.storeF32(to, lanes.lane(lane), 4 * lane));
        }
      },
      loadWide,
      only: (value) => value.and(rest.splat().aboveI32(V128.ofI32(0, 1, 2, 3))),
    });
  });
}

/** The lesser of two unsigned numbers. */
export const lesser = (a: I32, b: I32): I32 => choose(a.below(b), a, b);

/** The conversions of four f32 numbers to f64, two at a time. */
export const HALF = ['lowToF64', 'highToF64'] as const;

/** Four f64 numbers as f32. */
export const narrowed = (f: Func, low: V128, high: V128): V128 =>
  f.v128(low.f64ToF32().shuffle(high.f64ToF32(), [0, 1, 4, 5]));
