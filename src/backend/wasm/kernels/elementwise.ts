import type { Activation } from '../../operations';
import { type Func, type Var } from '../assembler/func';
import type { F64, I32, V128 } from '../assembler/values';
import { type WorkRange, kernel } from './kernel';
import { type FloatDType, forEachVector, load1, load4 } from './load';
import { gateArgument } from './gate';
import { exp, tanh } from './math';

/** Moves the pointers to the first entry of the range and returns the number of its entries. */
export function seekToRange(f: Func, { start, end }: WorkRange, ...pointers: readonly Var<I32>[]): Var<I32> {
  for (const pointer of pointers) pointer.set(pointer.add(start.shl(2)));
  return f.i32(end.sub(start));
}

const unpack = (dtype: FloatDType) =>
  kernel({ x: 'i32', out: 'i32' }, (f, { x, out }, range) => {
    x.set(x.add(range.start.shl(1)));
    const count = seekToRange(f, range, out);
    const whole = f.i32(count.and(-4));
    f.for(0, whole, 4, (i) => f.storeV128(out.add(i.shl(2)), load4(f, dtype, x.add(i.shl(1)))));
    f.for(whole, count, 1, (i) => f.storeF32(out.add(i.shl(2)), load1(f, dtype, x.add(i.shl(1)))));
  });

const gated = (activation: Activation) =>
  kernel({ gate: 'i32', up: 'i32', out: 'i32' }, (f, { gate, up, out }, range) => {
    const count = seekToRange(f, range, gate, up, out);
    forEachVector(f, count, ({ load, store }) => {
      const x = f.v128(load(gate));
      const { argument } = gateArgument(f, activation, x);
      store(out, x.div(exp(f, argument.negate()).add(f.constant(1))).mul(load(up)));
    });
  });

/** Items are entries. Ranges start at multiples of 4, so that results do not depend on the split. */
export const ELEMENTWISE = {
  unpackBf16: unpack('bf16'),
  unpackF16: unpack('f16'),

  scale: kernel({ x: 'i32', alpha: 'f32', out: 'i32' }, (f, { x, alpha, out }, range) => {
    const count = seekToRange(f, range, x, out);
    const a = f.v128(alpha.splat());
    forEachVector(f, count, ({ load, store }) => store(out, load(x).mul(a)));
  }),

  weightedSum: kernel(
    { x: 'i32', alpha: 'f32', y: 'i32', beta: 'f32', out: 'i32' },
    (f, { x, alpha, y, beta, out }, range) => {
      const count = seekToRange(f, range, x, y, out);
      const a = f.v128(alpha.splat());
      const b = f.v128(beta.splat());
      forEachVector(f, count, ({ load, store }) => store(out, load(x).mul(a).add(load(y).mul(b))));
    },
  ),

  /** Writes minimum and maximum of every range of `grain` entries to `out`, as two f32. */
  extent: kernel({ x: 'i32', grain: 'i32', out: 'i32' }, (f, { x, grain, out }, range) => {
    out.set(out.add(range.start.div(grain).shl(3)));
    const count = seekToRange(f, range, x);
    const minimum = f.v128(Infinity);
    const maximum = f.v128(-Infinity);
    forEachVector(f, count, ({ load }) => {
      minimum.set(minimum.min(load(x, Infinity)));
      maximum.set(maximum.max(load(x, -Infinity)));
    });
    f.storeF32(out, minimum.reduceMin());
    f.storeF32(out, maximum.reduceMax(), 4);
  }),

  /** Writes the largest |x − y| of every range of `grain` entries to `out`, as f32. */
  maxDifference: kernel(
    { x: 'i32', y: 'i32', grain: 'i32', out: 'i32' },
    (f, { x, y, grain, out }, range) => {
      out.set(out.add(range.start.div(grain).shl(2)));
      const count = seekToRange(f, range, x, y);
      const maximum = f.v128(0);
      forEachVector(f, count, ({ load }) => maximum.set(maximum.max(load(x).sub(load(y)).abs())));
      f.storeF32(out, maximum.reduceMax());
    },
  ),

  swiglu: gated('silu'),
  geglu: gated('gelu'),

  softCap: kernel({ x: 'i32', cap: 'f32', out: 'i32' }, (f, { x, cap, out }, range) => {
    const count = seekToRange(f, range, x, out);
    const bound = f.v128(cap.splat());
    forEachVector(f, count, ({ load, store }) => store(out, tanh(f, load(x).div(bound)).mul(bound)));
  }),

  relu: kernel({ x: 'i32', out: 'i32' }, (f, { x, out }, range) => {
    const count = seekToRange(f, range, x, out);
    forEachVector(f, count, ({ load, store }) => {
      const value = f.v128(load(x));
      store(out, value.andNot(value.below(0)));
    });
  }),

  reluGradient: kernel({ gate: 'i32', upstream: 'i32', out: 'i32' }, (f, { gate, upstream, out }, range) => {
    const count = seekToRange(f, range, gate, upstream, out);
    forEachVector(f, count, ({ load, store }) => store(out, load(upstream).and(load(gate).above(0))));
  }),

  /** Writes Σ(p − t)², Σp² and Σt² of every range of `grain` entries to `out`, as three f64. */
  lossSums: kernel({ p: 'i32', t: 'i32', grain: 'i32', out: 'i32' }, (f, { p, t, grain, out }, range) => {
    out.set(out.add(range.start.div(grain).mul(24)));
    const count = seekToRange(f, range, p, t);
    const sums = [f.v128(0), f.v128(0), f.v128(0)] as const;
    forEachVector(f, count, ({ load }) => {
      const prediction = f.v128(load(p));
      const target = f.v128(load(t));
      for (const half of ['lowToF64', 'highToF64'] as const) {
        const a = f.v128(prediction[half]());
        const b = f.v128(target[half]());
        const error = f.v128(a.subF64(b));
        for (const [i, term] of [error, a, b].entries()) sums[i]?.set(sums[i].addF64(term.mulF64(term)));
      }
    });
    for (const [i, sum] of sums.entries()) f.storeF64(out, sumF64(sum), 8 * i);
  }),

  lossGradient: kernel(
    { p: 'i32', t: 'i32', errorWeight: 'f32', sizeWeight: 'f32', out: 'i32' },
    (f, { p, t, errorWeight, sizeWeight, out }, range) => {
      const count = seekToRange(f, range, p, t, out);
      const error = f.v128(errorWeight.splat());
      const size = f.v128(sizeWeight.splat());
      forEachVector(f, count, ({ load, store }) => {
        const prediction = f.v128(load(p));
        store(out, prediction.sub(load(t)).mul(error).add(prediction.mul(size)));
      });
    },
  ),

  adamW: kernel(
    {
      parameter: 'i32',
      gradient: 'i32',
      first: 'i32',
      second: 'i32',
      beta1: 'f32',
      rest1: 'f32',
      beta2: 'f32',
      rest2: 'f32',
      decay: 'f32',
      stepSize: 'f32',
      rootScale: 'f32',
      eps: 'f32',
      gradientFactor: 'f32',
    },
    (f, p, range) => {
      const count = seekToRange(f, range, p.parameter, p.gradient, p.first, p.second);
      const splat = (
        name:
          | 'beta1'
          | 'rest1'
          | 'beta2'
          | 'rest2'
          | 'decay'
          | 'stepSize'
          | 'rootScale'
          | 'eps'
          | 'gradientFactor',
      ) => f.v128(p[name].splat());
      const [beta1, rest1, beta2, rest2] = [splat('beta1'), splat('rest1'), splat('beta2'), splat('rest2')];
      const [decay, stepSize] = [splat('decay'), splat('stepSize')];
      const [rootScale, eps] = [splat('rootScale'), splat('eps')];
      const factor = splat('gradientFactor');
      forEachVector(f, count, ({ load, store }) => {
        const slope = f.v128(load(p.gradient).mul(factor));
        const first = f.v128(load(p.first).mul(beta1).add(slope.mul(rest1)));
        const second = f.v128(load(p.second).mul(beta2).add(slope.mul(slope).mul(rest2)));
        store(p.first, first);
        store(p.second, second);
        const step = first.mul(stepSize).div(second.sqrt().mul(rootScale).add(eps));
        store(p.parameter, load(p.parameter).mul(decay).sub(step));
      });
    },
  ),
};

/** Sum of two f64 lanes. */
export const sumF64 = (v: V128): F64 => v.laneF64(0).add(v.laneF64(1));
