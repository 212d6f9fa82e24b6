import { sumF64 } from './elementwise';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector } from './load';
import { exp, log } from './math';

/** Items are rows of `columns` numbers. */
export const TRANSFORMER = {
  /** Adds the bias to rows that lie `stride` bytes apart. */
  addBias: kernel(
    { out: 'i32', stride: 'i32', columns: 'i32', bias: 'i32' },
    (f, { out, stride, columns, bias }, { start, end }) => {
      f.for(start, end, 1, (i) => {
        const row = f.i32(out.add(i.mul(stride)));
        forEachVector(f, columns, ({ load, store }) => store(row, load(row).add(load(bias))));
      });
    },
  ),

  rmsNorm: kernel(
    { x: 'i32', gain: 'i32', columns: 'i32', eps: 'f64', offset: 'f32', out: 'i32' },
    (f, { x, gain, columns, eps, offset, out }, { start, end }) => {
      const added = f.v128(offset.splat());
      f.for(start, end, 1, (i) => {
        const offset = f.i32(i.mul(columns).shl(2));
        const row = f.i32(x.add(offset));
        const to = f.i32(out.add(offset));
        const squares = f.v128(0);
        forEachVector(f, columns, ({ load }) => {
          const values = f.v128(load(row));
          for (const half of F64_HALVES) {
            const part = f.v128(values[half]());
            squares.set(squares.addF64(part.mulF64(part)));
          }
        });
        const root = sumF64(squares).div(columns.toF64()).add(eps).sqrt();
        const length = f.v128(root.toF32().splat());
        forEachVector(f, columns, ({ load, store }) =>
          store(to, load(row).div(length).mul(load(gain).add(added))),
        );
      });
    },
  ),

  rope: kernel(
    { x: 'i32', table: 'i32', heads: 'i32', headDim: 'i32', positionStart: 'i32', out: 'i32' },
    (f, { x, table, heads, headDim, positionStart, out }, { start, end }) => {
      const half = f.i32(headDim.div(2));
      const halfBytes = f.i32(half.shl(2));
      f.for(start, end, 1, (t) => {
        const cosines = f.i32(table.add(positionStart.add(t).mul(headDim).shl(2)));
        const sines = f.i32(cosines.add(halfBytes));
        f.for(0, heads, 1, (head) => {
          const offset = f.i32(t.mul(heads).add(head).mul(headDim).shl(2));
          const first = f.i32(x.add(offset));
          const second = f.i32(first.add(halfBytes));
          const firstOut = f.i32(out.add(offset));
          const secondOut = f.i32(firstOut.add(halfBytes));
          forEachVector(f, half, ({ load, store }) => {
            const [a, b] = [f.v128(load(first)), f.v128(load(second))];
            const [cosine, sine] = [f.v128(load(cosines)), f.v128(load(sines))];
            store(firstOut, a.mul(cosine).sub(b.mul(sine)));
            store(secondOut, b.mul(cosine).add(a.mul(sine)));
          });
        });
      });
    },
  ),

  /** The loss of a target outside the vocabulary is NaN. */
  crossEntropy: kernel(
    { logits: 'i32', targets: 'i32', columns: 'i32', out: 'i32' },
    (f, { logits, targets, columns, out }, { start, end }) => {
      f.for(start, end, 1, (i) => {
        const row = f.i32(logits.add(i.mul(columns).shl(2)));
        const maximum = f.v128(-Infinity);
        forEachVector(f, columns, ({ load }) => maximum.set(maximum.pmax(load(row, -Infinity))));
        const largest = f.f32(maximum.reduceMax());
        maximum.set(largest.splat());
        const sum = f.v128(0);
        forEachVector(f, columns, ({ load }) => {
          const weights = exp(f, load(row, -Infinity).sub(maximum));
          for (const half of F64_HALVES) sum.set(sum.addF64(weights[half]()));
        });
        const target = f.i32(targets.add(i.shl(2)).i32());
        const loss = f.f32(NaN);
        f.if(target.below(columns), () => {
          const logSum = log(f, sumF64(sum).toF32().splat()).lane(0);
          // The two logits are subtracted first, because both may be large and their difference small.
          loss.set(logSum.add(largest.sub(row.add(target.shl(2)).f32())));
        });
        f.storeF32(out.add(i.shl(2)), loss);
      });
    },
  ),
};
