import type { Func, Var } from '../assembler/func';
import { V128 } from '../assembler/values';

/** Σ cₖ·xᵏ in f64 lanes; the coefficient of the largest power comes first. */
const polynomialF64 = (x: V128, [first, ...rest]: readonly [number, ...number[]]): V128 =>
  rest.reduce((sum, c) => sum.mulF64(x).addF64(c), V128.ofF64(first));

/** ln 2 as a sum. The first part has 32 bits, so that its products with small integers are exact. */
const LN2 = [0.6931471803691238, 1.9082149292705877e-10] as const;
/** Powers of e beyond this and its negative are far outside float32. */
const LARGEST_POWER = 700;

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
/** Taylor series: the remainder is below 2e-16 where |x| ≤ ln 2 / 2. */
const EXP = Array.from({ length: 13 }, (_, k) => 1 / factorial(12 - k)) as [number, ...number[]];
/** log m = 2·artanh s = s·Σ 2·s²ᵏ/(2k + 1) with s = (m − 1)/(m + 1), |s| < 0.172: the remainder is below 1e-15. */
const ARTANH = Array.from({ length: 10 }, (_, k) => 2 / (2 * (9 - k) + 1)) as [number, ...number[]];

/** eˣ in two f64 lanes, with a relative error below 1e-15. It ends in e^±700; NaN stays NaN. */
export function expF64(f: Func, value: V128): Var<V128> {
  const x = f.v128(value.minF64(LARGEST_POWER).maxF64(-LARGEST_POWER));
  const n = f.v128(x.mulF64(Math.LOG2E).nearestF64());
  const r = f.v128(x.subF64(n.mulF64(LN2[0])).subF64(n.mulF64(LN2[1])));
  const power = n.f64ToI32();
  // Only the low 12 bits of n remain after the shift.
  const exponent = f.v128(power).shuffle(V128.ofI32(0), [0, 4, 1, 4]).shlI64(52);
  return f.v128(polynomialF64(r, EXP).addI64(exponent));
}

/** Natural logarithm of numbers ≥ 0 in two f64 lanes, not subnormal, with an error below 1e-15·max(1, |log x|). Infinity and NaN stay. */
export function logF64(f: Func, value: V128): Var<V128> {
  const x = f.v128(value);
  const half = f.v128(x.and(V128.ofI64(0xfffffffffffffn)).or(V128.ofF64(0.5)));
  const low = f.v128(half.belowF64(Math.SQRT1_2));
  const power = f.v128(x.shrI64(52)).shuffle(V128.ofI32(0), [0, 2, 4, 4]).i32ToF64();
  const n = f.v128(power.subF64(1022).subF64(V128.ofF64(1).and(low)));
  const m = f.v128(half.addF64(half.and(low)));
  const s = f.v128(m.subF64(1).divF64(m.addF64(1)));
  const square = f.v128(s.mulF64(s));
  const tail = n.mulF64(LN2[1]).addF64(s.mulF64(polynomialF64(square, ARTANH)));
  const log = f.v128(n.mulF64(LN2[0]).addF64(tail));
  const finite = log.bitselect(x.belowF64(Infinity), x);
  return f.v128(V128.ofF64(-Infinity).bitselect(x.equalsF64(0), finite));
}

/**
 * 2ˣ in four f32 lanes for four f64 exponents below 127, two in each vector. The error is below 1.5 units in the last place for
 * exponents of any size, because their fractions are taken in f64. It is 0 below `least` − ½; NaN stays NaN. Polynomial as in Cephes'
 * exp2f (Moshier).
 */
export function exp2(f: Func, low: V128, high: V128, least: number): Var<V128> {
  const [x, y] = [f.v128(low), f.v128(high)];
  const [lowPower, highPower] = [f.v128(x.nearestF64()), f.v128(y.nearestF64())];
  const fraction = f.v128(
    x.subF64(lowPower).f64ToF32().shuffle(y.subF64(highPower).f64ToF32(), [0, 1, 4, 5]),
  );
  const power = f.v128(lowPower.f64ToI32().shuffle(highPower.f64ToI32(), [0, 1, 4, 5]));
  const mantissa = [
    1.339887440266574e-3, 9.61843735767464e-3, 5.550332471162809e-2, 0.2402264791363012, 0.6931472028550421,
    1,
  ].reduce((sum, c) => sum.mul(fraction).add(c), V128.of(1.5353361883195e-4));
  return f.v128(mantissa.addI32(power.shl(23)).and(power.aboveI32(V128.ofI32(least - 1))));
}
