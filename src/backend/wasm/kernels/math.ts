import type { Func, Var } from '../assembler/func';
import { V128 } from '../assembler/values';

const polynomial = (f: Func, x: V128, [first, ...rest]: readonly [number, ...number[]]): V128 =>
  rest.reduce((sum, c) => f.multiplyAdd(sum, x, c), f.constant(first));

/** Added to a number below 2²², it rounds it to an integer, which is then in the last bits of the sum. */
const ROUNDER = 1.5 * 2 ** 23;

/** ln 2 as a sum. The first part has few bits, so that its products with small integers are exact. */
const LN2 = [0.693359375, -2.1219444e-4] as const;

/**
 * eˣ in four lanes, with an error below 1.5 units in the last place. It is 0 below −87.33 (where results would be subnormal) and
 * infinite above 88.72; NaN stays NaN. Range reduction and polynomial as in Cephes' expf (Moshier).
 */
export function exp(f: Func, value: V128): Var<V128> {
  const x = f.v128(value);
  const shifted = f.v128(f.multiplyAdd(x, Math.LOG2E, ROUNDER));
  const n = f.v128(shifted.sub(f.constant(ROUNDER)));
  const r = f.v128(f.multiplyAdd(n, -LN2[1], f.multiplyAdd(n, -LN2[0], x)));
  const tail = polynomial(
    f,
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
  const mantissa = f.multiplyAdd(tail.mul(r), r, r).add(f.constant(1));
  const power = mantissa.addI32(shifted.shl(23)).andNot(x.below(f.constant(-87.33)));
  return f.v128(power.bitselect(x.below(f.constant(88.7225)), x.add(f.constant(Infinity))));
}

/** Natural logarithm of positive numbers in four lanes, error below 2 units in the last place, as Cephes' logf. Infinity and NaN stay. */
export function log(f: Func, value: V128): Var<V128> {
  const x = f.v128(value);
  const half = f.v128(x.and(V128.ofI32(0x7fffff)).or(V128.ofI32(0x3f000000)));
  const low = f.v128(half.below(Math.SQRT1_2));
  const exponent = f.v128(x.shr(23).subI32(V128.ofI32(126)).i32ToF32().sub(V128.of(1).and(low)));
  const m = f.v128(half.add(half.and(low)).sub(1));
  const z = f.v128(m.mul(m));
  const y = polynomial(
    f,
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const tail = f.multiplyAdd(z, -0.5, f.multiplyAdd(y.mul(m), z, exponent.mul(LN2[1])));
  return f.v128(f.multiplyAdd(exponent, LN2[0], m.add(tail)).bitselect(x.below(Infinity), x));
}

/** Below this, tanh is its series: 1 − e^(−2x) would cancel. */
const TANH_SERIES = 0.15;

/** Hyperbolic tangent in four lanes, with an error of some units in the last place. NaN stays NaN. */
export function tanh(f: Func, value: V128): Var<V128> {
  const x = f.v128(value);
  const size = f.v128(x.abs());
  const square = f.v128(x.mul(x));
  const series = f.v128(x.mul(polynomial(f, square, [-17 / 315, 2 / 15, -1 / 3, 1])));
  const e = f.v128(exp(f, size.mul(-2)));
  const one = f.constant(1);
  const whole = f.v128(
    one
      .sub(e)
      .div(one.add(e))
      .or(x.and(V128.ofI32(-0x80000000))),
  );
  return f.v128(series.bitselect(size.below(f.constant(TANH_SERIES)), whole));
}
