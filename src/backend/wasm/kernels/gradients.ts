import { V128 } from '../assembler/values';
import { entries, sumF64 } from './elementwise';
import { kernel } from './kernel';
import { HALF, eachLane, narrowed } from './load';
import { exp } from './math';

export const GRADIENTS = {
  /** Items are rows. Keeps the root of the mean square of each, as f64. */
  rmsNormGradient: kernel(
    { x: 'i32', gain: 'i32', upstream: 'i32', columns: 'i32', eps: 'f64', roots: 'i32', out: 'i32' },
    (f, { x, gain, upstream, columns, eps, roots, out }, { start, end }) => {
      f.each(start, end, 1, (i) => {
        const offset = f.i32(i.mul(columns).shl(2));
        const row = f.i32(x.add(offset));
        const slope = f.i32(upstream.add(offset));
        const to = f.i32(out.add(offset));
        const [squares, along] = [f.v128(0), f.v128(0)];
        eachLane(f, columns, ({ load }) => {
          const values = f.v128(load(row));
          const slopes = f.v128(load(slope));
          const gains = f.v128(load(gain));
          for (const half of HALF) {
            const part = f.v128(values[half]());
            squares.set(squares.addF64(part.mulF64(part)));
            along.set(along.addF64(part.mulF64(slopes[half]()).mulF64(gains[half]())));
          }
        });
        const mean = f.f64(sumF64(squares).div(columns.toF64()).add(eps));
        const root = f.f64(mean.sqrt());
        f.storeF64(roots.add(i.shl(3)), root);
        const length = f.v128(root.toF32().splat());
        const share = f.v128(sumF64(along).div(mean.mul(columns.toF64())).toF32().splat());
        eachLane(f, columns, ({ load, store }) =>
          store(to, load(slope).mul(load(gain)).sub(load(row).mul(share)).div(length)),
        );
      });
    },
  ),

  /** Items are columns, in ranges that start at multiples of 4. Adds Σ upstream·x/root, summed in f64 row after row. */
  rmsNormGainGradient: kernel(
    { x: 'i32', upstream: 'i32', roots: 'i32', rows: 'i32', columns: 'i32', out: 'i32' },
    (f, { x, upstream, roots, rows, columns, out }, range) => {
      const count = entries(f, range, x, upstream, out);
      const stride = f.i32(columns.shl(2));
      eachLane(f, count, ({ load, store }) => {
        const sums = [f.v128(0), f.v128(0)] as const;
        const offset = f.i32(0);
        f.each(0, rows, 1, (i) => {
          const root = f.v128(roots.add(i.shl(3)).f64().splat());
          const values = f.v128(load(x.add(offset)));
          const slopes = f.v128(load(upstream.add(offset)));
          for (const [h, half] of HALF.entries()) {
            sums[h]?.set(sums[h].addF64(values[half]().mulF64(slopes[half]()).divF64(root)));
          }
          offset.set(offset.add(stride));
        });
        store(out, load(out).add(narrowed(f, ...sums)));
      });
    },
  ),

  /** Items are entries, in ranges that start at multiples of 4. */
  swigluGradient: kernel(
    { gate: 'i32', up: 'i32', upstream: 'i32', ofGate: 'i32', ofUp: 'i32' },
    (f, { gate, up, upstream, ofGate, ofUp }, range) => {
      const count = entries(f, range, gate, up, upstream, ofGate, ofUp);
      eachLane(f, count, ({ load, store }) => {
        const x = f.v128(load(gate));
        const slope = f.v128(load(upstream));
        const share = f.v128(V128.of(1).div(exp(f, x.negate()).add(1)));
        store(ofUp, slope.mul(x.mul(share)));
        const rest = V128.of(1).sub(share);
        store(ofGate, slope.mul(load(up)).mul(share.mul(x.mul(rest).add(1))));
      });
    },
  ),

  /** Items are rows. A target outside the vocabulary makes its row NaN, unless its weight is 0. */
  crossEntropyGradient: kernel(
    { logits: 'i32', targets: 'i32', weights: 'i32', columns: 'i32' },
    (f, { logits, targets, weights, columns }, { start, end }) => {
      f.each(start, end, 1, (i) => {
        const row = f.i32(logits.add(i.mul(columns).shl(2)));
        const weight = f.f32(weights.add(i.shl(2)).f32());
        const target = f.i32(targets.add(i.shl(2)).i32());
        const fill = (value: number) => eachLane(f, columns, ({ store }) => store(row, V128.of(value)));
        const differentiate = (): void => {
          const most = f.v128(-Infinity);
          eachLane(f, columns, ({ load }) => most.set(most.upTo(load(row, -Infinity))));
          most.set(f.f32(most.most()).splat());
          const sum = f.v128(0);
          eachLane(f, columns, ({ load, store }) => {
            const shares = exp(f, load(row, -Infinity).sub(most));
            store(row, shares);
            for (const half of HALF) sum.set(sum.addF64(shares[half]()));
          });
          const factor = f.v128(weight.toF64().div(sumF64(sum)).toF32().splat());
          eachLane(f, columns, ({ load, store }) => store(row, load(row).mul(factor)));
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

  /** Items are columns, in ranges that start at multiples of 4: rows are added in their order. An index out of range is passed over. */
  scatterAdd: kernel(
    { x: 'i32', index: 'i32', offset: 'i32', count: 'i32', columns: 'i32', rows: 'i32', out: 'i32' },
    (f, { x, index, offset, count, columns, rows, out }, range) => {
      const width = entries(f, range, x, out);
      f.each(0, count, 1, (r) => {
        const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
        f.if(pick.below(rows), () => {
          const from = f.i32(x.add(r.mul(columns).shl(2)));
          const to = f.i32(out.add(pick.mul(columns).shl(2)));
          eachLane(f, width, ({ load, store }) => store(to, load(to).add(load(from))));
        });
      });
    },
  ),

  /** Σx² of every range of `grain` entries, as f64 in `out`. */
  squares: kernel({ x: 'i32', grain: 'i32', out: 'i32' }, (f, { x, grain, out }, range) => {
    out.set(out.add(range.start.div(grain).shl(3)));
    const count = entries(f, range, x);
    const sum = f.v128(0);
    eachLane(f, count, ({ load }) => {
      const values = f.v128(load(x));
      for (const half of HALF) {
        const part = f.v128(values[half]());
        sum.set(sum.addF64(part.mulF64(part)));
      }
    });
    f.storeF64(out, sumF64(sum));
  }),
};
