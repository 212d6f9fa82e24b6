import type { DType } from '../../operations';
import type { Func, Var } from '../assembler/func';
import { type F32, type I32, V128 } from '../assembler/values';

export type FloatDType = Exclude<DType, 'u32'>;

/** Converts four bf16 numbers, as bits in i32 lanes, to f32. */
const fromBf16 = (bits: V128): V128 => bits.shl(16);

/** Converts four f16 numbers likewise. A multiplication rebiases the exponent; it is exact, also for subnormals. */
function fromF16(f: Func, patterns: V128): V128 {
  const mask = (word: number): V128 => f.constant(V128.ofI32(word));
  const bits = f.v128(patterns);
  const body = f.v128(bits.and(mask(0x7fff)).shl(13));
  const special = body.aboveI32(mask(0x7bff << 13)).and(mask(0x7f800000));
  return body
    .mul(f.constant(2 ** 112))
    .or(special)
    .or(bits.and(mask(0x8000)).shl(16));
}

/** Loads four adjacent numbers as f32. */
export function load4(f: Func, dtype: FloatDType, at: I32): V128 {
  if (dtype === 'f32') return at.v128();
  return dtype === 'bf16' ? fromBf16(at.u16x4()) : fromF16(f, at.u16x4());
}

/** Loads one number as f32. */
export function load1(f: Func, dtype: FloatDType, at: I32): F32 {
  if (dtype === 'f32') return at.f32();
  return dtype === 'bf16' ? at.u16().shl(16).asF32() : fromF16(f, at.u16().splat()).lane(0);
}

/** Access to one vector of a loop over rows: four f32 numbers, or the last one to three. */
export interface VectorAccess {
  /** Bytes from the start of the row. */
  readonly offset: Var<I32>;
  /** Loads the vector from the row that starts at this address; lanes beyond the row's end are `fill`. */
  load(row: I32, fill?: V128 | number): V128;
  store(row: I32, value: V128): void;
  /** Loads the vector from an f64 row: two numbers each. Lanes beyond the row's end are undefined. */
  loadF64(row: I32): readonly [low: V128, high: V128];
  /** Sets lanes beyond the row's end to zero. */
  maskTail(value: V128): V128;
}

/** Loops over `count` adjacent f32 numbers, four at a time. It emits the body twice: for whole vectors and for the rest. */
export function forEachVector(f: Func, count: I32, body: (lanes: VectorAccess) => void): void {
  const offset = f.i32(0);
  const whole = f.i32(count.and(-4).shl(2));
  const loadF64 = (row: I32) => {
    const from = row.add(offset.shl(1));
    return [from.v128(), from.v128(16)] as const;
  };
  f.while(offset.below(whole), () => {
    body({
      offset,
      load: (row) => row.add(offset).v128(),
      store: (row, value) => f.storeV128(row.add(offset), value),
      maskTail: (value) => value,
      loadF64,
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
      loadF64,
      maskTail: (value) => value.and(rest.splat().aboveI32(V128.ofI32(0, 1, 2, 3))),
    });
  });
}

/** Methods of `V128` that convert its first two and its last two f32 lanes to f64. */
export const F64_HALVES = ['lowToF64', 'highToF64'] as const;

/** Converts four f64 numbers, two in each vector, to f32. */
export const toF32x4 = (f: Func, low: V128, high: V128): V128 =>
  f.v128(low.f64ToF32().shuffle(high.f64ToF32(), [0, 1, 4, 5]));
