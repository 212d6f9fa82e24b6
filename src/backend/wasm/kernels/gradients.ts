import type { Activation } from '../../operations';
import { V128 } from '../assembler/values';
import { seekToRange, sumF64 } from './elementwise';
import { gateArgument } from './gate';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector, toF32x4 } from './load';
import { exp } from './math';

/** Items are entries, in ranges that start at multiples of 4. */
const gateGradient = (activation: Activation) =>
  kernel(
    { gate: 'i32', up: 'i32', upstream: 'i32', dGate: 'i32', dUp: 'i32' },
    (f, { gate, up, upstream, dGate, dUp }, range) => {
      const count = seekToRange(f, range, gate, up, upstream, dGate, dUp);
      const one = f.constant(1);
      forEachVector(f, count, ({ load, store }) => {
        const x = f.v128(load(gate));
        const slope = f.v128(load(upstream));
        const { argument, rise } = gateArgument(f, activation, x);
        const share = f.v128(one.div(exp(f, argument.negate()).add(one)));
        store(dUp, slope.mul(x.mul(share)));
        const rest = one.sub(share);
        store(dGate, slope.mul(load(up)).mul(share.mul(f.multiplyAdd(rise, rest, one))));
      });
    },
  );

export const GRADIENTS = {
  /** Items are rows. Writes the root mean square of each to `roots`, as f64. */
  rmsNormGradient: kernel(
    {
      x: 'i32',
      gain: 'i32',
      upstream: 'i32',
      columns: 'i32',
      eps: 'f64',
      offset: 'f32',
      roots: 'i32',
      out: 'i32',
    },
    (f, { x, gain, upstream, columns, eps, offset, roots, out }, { start, end }) => {
      const added = f.v128(offset.splat());
      f.for(start, end, 1, (i) => {
        const offset = f.i32(i.mul(columns).shl(2));
        const row = f.i32(x.add(offset));
        const slope = f.i32(upstream.add(offset));
        const to = f.i32(out.add(offset));
        const [squares, dot] = [f.v128(0), f.v128(0)];
        forEachVector(f, columns, ({ load }) => {
          const values = f.v128(load(row));
          const slopes = f.v128(load(slope));
          const gains = f.v128(load(gain).add(added));
          for (const half of F64_HALVES) {
            const part = f.v128(values[half]());
            squares.set(squares.addF64(part.mulF64(part)));
            dot.set(dot.addF64(part.mulF64(slopes[half]()).mulF64(gains[half]())));
          }
        });
        const mean = f.f64(sumF64(squares).div(columns.toF64()).add(eps));
        const root = f.f64(mean.sqrt());
        f.storeF64(roots.add(i.shl(3)), root);
        const length = f.v128(root.toF32().splat());
        const share = f.v128(sumF64(dot).div(mean.mul(columns.toF64())).toF32().splat());
        forEachVector(f, columns, ({ load, store }) =>
          store(to, load(slope).mul(load(gain).add(added)).sub(load(row).mul(share)).div(length)),
        );
      });
    },
  ),

  /** Items are columns, in ranges that start at multiples of 4. Adds Σ upstream·x/root, summed over the rows in f64. */
  rmsNormGainGradient: kernel(
    { x: 'i32', upstream: 'i32', roots: 'i32', rows: 'i32', columns: 'i32', out: 'i32' },
    (f, { x, upstream, roots, rows, columns, out }, range) => {
      const count = seekToRange(f, range, x, upstream, out);
      const stride = f.i32(columns.shl(2));
      forEachVector(f, count, ({ load, store }) => {
        const sums = [f.v128(0), f.v128(0)] as const;
        const offset = f.i32(0);
        f.for(0, rows, 1, (i) => {
          const root = f.v128(roots.add(i.shl(3)).f64().splat());
          const values = f.v128(load(x.add(offset)));
          const slopes = f.v128(load(upstream.add(offset)));
          for (const [h, half] of F64_HALVES.entries()) {
            sums[h]?.set(sums[h].addF64(values[half]().mulF64(slopes[half]()).divF64(root)));
          }
          offset.set(offset.add(stride));
        });
        store(out, load(out).add(toF32x4(f, ...sums)));
      });
    },
  ),

  swigluGradient: gateGradient('silu'),
  gegluGradient: gateGradient('gelu'),

  /** Items are entries, in ranges that start at multiples of 4. */
  softCapGradient: kernel(
    { capped: 'i32', upstream: 'i32', cap: 'f32', out: 'i32' },
    (f, { capped, upstream, cap, out }, range) => {
      const count = seekToRange(f, range, capped, upstream, out);
      const bound = f.v128(cap.splat());
      const one = f.constant(1);
      forEachVector(f, count, ({ load, store }) => {
        const share = f.v128(load(capped).div(bound));
        store(out, load(upstream).mul(one.sub(share.mul(share))));
      });
    },
  ),

  /** Items are rows. If the target is outside the vocabulary, the row becomes NaN, or 0 if its weight is 0. */
  crossEntropyGradient: kernel(
    { logits: 'i32', targets: 'i32', weights: 'i32', columns: 'i32' },
    (f, { logits, targets, weights, columns }, { start, end }) => {
      f.for(start, end, 1, (i) => {
        const row = f.i32(logits.add(i.mul(columns).shl(2)));
        const weight = f.f32(weights.add(i.shl(2)).f32());
        const target = f.i32(targets.add(i.shl(2)).i32());
        const fill = (value: number) => forEachVector(f, columns, ({ store }) => store(row, V128.of(value)));
        const differentiate = (): void => {
          const maximum = f.v128(-Infinity);
          forEachVector(f, columns, ({ load }) => maximum.set(maximum.pmax(load(row, -Infinity))));
          maximum.set(f.f32(maximum.reduceMax()).splat());
          const sum = f.v128(0);
          forEachVector(f, columns, ({ load, store }) => {
            const shares = exp(f, load(row, -Infinity).sub(maximum));
            store(row, shares);
            for (const half of F64_HALVES) sum.set(sum.addF64(shares[half]()));
          });
          const factor = f.v128(weight.toF64().div(sumF64(sum)).toF32().splat());
          forEachVector(f, columns, ({ load, store }) => store(row, load(row).mul(factor)));
          const at = f.i32(row.add(target.shl(2)));
          f.storeF32(at, at.f32().sub(weight));
        };
        f.if(
          weight.differs(0),
          () => f.if(target.below(columns), differentiate, () => fill(NaN)),
          () => fill(0),
        );
      });
    },
  ),

  /** Items are columns, in ranges that start at multiples of 4, so that rows are added in order. Skips indices out of range. */
  scatterAdd: kernel(
    { x: 'i32', index: 'i32', offset: 'i32', count: 'i32', columns: 'i32', rows: 'i32', out: 'i32' },
    (f, { x, index, offset, count, columns, rows, out }, range) => {
      const width = seekToRange(f, range, x, out);
      f.for(0, count, 1, (r) => {
        const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
        f.if(pick.below(rows), () => {
          const from = f.i32(x.add(r.mul(columns).shl(2)));
          const to = f.i32(out.add(pick.mul(columns).shl(2)));
          forEachVector(f, width, ({ load, store }) => store(to, load(to).add(load(from))));
        });
      });
    },
  ),

  /** Writes Σx² of every range of `grain` entries to `out`, as f64. */
  squares: kernel({ x: 'i32', grain: 'i32', out: 'i32' }, (f, { x, grain, out }, range) => {
    out.set(out.add(range.start.div(grain).shl(3)));
    const count = seekToRange(f, range, x);
    const sum = f.v128(0);
    forEachVector(f, count, ({ load }) => {
      const values = f.v128(load(x));
      for (const half of F64_HALVES) {
        const part = f.v128(values[half]());
        sum.set(sum.addF64(part.mulF64(part)));
      }
    });
    f.storeF64(out, sumF64(sum));
  }),
};
