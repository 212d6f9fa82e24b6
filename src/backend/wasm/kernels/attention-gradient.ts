import type { Module } from '../assembler/module';
import { F32, I32 } from '../assembler/values';
import { type CapScores, lessDown, QUERIES, type Softmax, scoreStride } from './attention';
import { kernel } from './kernel';
import { forEachVector } from './load';
import { PRODUCT_SCRATCH, type Products } from './product';

/**
 * With scores S = scale·QKᵀ, probabilities P, and U the derivative by the output O = PV: dV = PᵀU, D = UVᵀ, dS = P∘(D − rowsum(P∘D)),
 * dQ = scale·dS·K, dK = scale·dSᵀ·Q (Dao et al. 2022, section 3.2 and appendix B.2). A soft cap c of the scores multiplies dS by
 * 1 − (capped/c)². The paper has rowsum(U∘O); the equal rowsum(P∘D) has
 * the same rounding as D, so that dS of a query that sees one key is exactly 0. Items are key-value heads, window after window; one
 * item sums dK and dV of its head, in a fixed order. The caller sets dK and dV to zero first.
 */
export const attentionGradient = (
  module: Module,
  products: Products,
  softmax: Softmax,
  capScores: CapScores,
) => {
  /** (probabilities, slopes, start, end, all): turns a row of D (`slopes`) into a row of dS, in place. */
  const scoreGradient = module.func(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    undefined,
    (f, shares, row, start, end, all) => {
      const probabilities = f.i32(shares.add(start.shl(2)));
      const slopes = f.i32(row.add(start.shl(2)));
      const visible = f.i32(end.sub(start));
      const sum = f.v128(0);
      forEachVector(f, visible, ({ load }) => sum.set(sum.add(load(probabilities).mul(load(slopes)))));
      const dot = f.v128(f.f32(sum.reduceSum()).splat());
      forEachVector(f, visible, ({ load, store }) =>
        store(slopes, load(slopes).sub(dot).mul(load(probabilities))),
      );
      f.for(0, start, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
      f.for(end, all, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
    },
  );

  /** (slopes, capped, count, cap): multiplies dS by 1 − (capped/cap)², in place. */
  const bend = module.func(['i32', 'i32', 'i32', 'f32'], undefined, (f, slopes, capped, count, cap) => {
    const bound = f.v128(cap.splat());
    const one = f.constant(1);
    forEachVector(f, count, ({ load, store }) => {
      const share = f.v128(load(capped).div(bound));
      store(slopes, load(slopes).mul(one.sub(share.mul(share))));
    });
  });

  return kernel(
    {
      q: 'i32',
      k: 'i32',
      v: 'i32',
      upstream: 'i32',
      dQ: 'i32',
      dK: 'i32',
      dV: 'i32',
      kvHeads: 'i32',
      /** Query heads per key-value head. */
      group: 'i32',
      headDim: 'i32',
      /** Per window. */
      queries: 'i32',
      scale: 'f32',
      /** Keys that a query sees: itself and those before it. */
      span: 'i32',
      /** 0: none. */
      cap: 'f32',
    },
    (f, p, { start, end, scratch }) => {
      const { group, headDim, queries, scale } = p;
      const kvWidth = f.i32(p.kvHeads.mul(headDim).shl(2));
      const width = f.i32(kvWidth.mul(group));
      const weights = f.i32(scratch.add(PRODUCT_SCRATCH));
      const slopes = f.i32(weights.add(scoreStride(queries).mul(QUERIES)));
      /** Capped scores of one row. */
      const kept = f.i32(slopes.add(scoreStride(queries).mul(QUERIES)));
      const [overwrite, accumulate, one] = [I32.of(0), I32.of(1), F32.of(1)];
      f.for(start, end, 1, (item) => {
        const window = f.i32(item.div(p.kvHeads));
        const kvHead = f.i32(item.sub(window.mul(p.kvHeads)));
        const base = f.i32(window.mul(queries));
        const kvOffset = f.i32(base.mul(kvWidth).add(kvHead.mul(headDim).shl(2)));
        const key = f.i32(p.k.add(kvOffset));
        const value = f.i32(p.v.add(kvOffset));
        const dKey = f.i32(p.dK.add(kvOffset));
        const dValue = f.i32(p.dV.add(kvOffset));
        f.for(0, group, 1, (member) => {
          const column = f.i32(kvHead.mul(group).add(member).mul(headDim).shl(2));
          f.for(0, queries, QUERIES, (first) => {
            const rows = f.i32(queries.sub(first).min(QUERIES));
            // Keys before this one are seen by no query of the block. `seen` counts from it.
            const lowest = f.i32(lessDown(first.add(1), p.span));
            const seen = f.i32(first.add(rows).sub(lowest));
            const skipped = f.i32(lowest.mul(kvWidth));
            const stride = f.i32(scoreStride(seen));
            const qOffset = f.i32(base.add(first).mul(width).add(column));
            const query = f.i32(p.q.add(qOffset));
            const upstream = f.i32(p.upstream.add(qOffset));
            const score = (left: I32, right: I32, to: I32, factor: F32) =>
              f.call(
                products.nt,
                left,
                width,
                right,
                kvWidth,
                rows,
                seen,
                headDim,
                to,
                stride,
                overwrite,
                factor,
                scratch,
              );
            const accumulateInto = (of: I32, right: I32, to: I32, factor: F32) =>
              f.call(
                products.tn,
                of,
                stride,
                right,
                width,
                seen,
                headDim,
                rows,
                to,
                kvWidth,
                accumulate,
                factor,
                scratch,
              );
            score(query, key.add(skipped), weights, scale);
            score(upstream, value.add(skipped), slopes, one);
            f.for(0, rows, 1, (t) => {
              const row = f.i32(t.mul(stride));
              const end = f.i32(first.add(t).add(1));
              const start = f.i32(lessDown(end, p.span).sub(lowest));
              end.set(end.sub(lowest));
              const capping = p.cap.differs(0);
              f.if(capping, () => {
                f.call(capScores, weights.add(row), seen, p.cap);
                forEachVector(f, seen, ({ load, store }) => store(kept, load(weights.add(row))));
              });
              f.call(softmax, weights.add(row), start, end, seen);
              f.call(scoreGradient, weights.add(row), slopes.add(row), start, end, seen);
              f.if(capping, () => f.call(bend, slopes.add(row), kept, seen, p.cap));
            });
            accumulateInto(weights, upstream, dValue.add(skipped), one);
            accumulateInto(slopes, query, dKey.add(skipped), scale);
            f.call(
              products.nn,
              slopes,
              stride,
              key.add(skipped),
              kvWidth,
              rows,
              headDim,
              seen,
              p.dQ.add(qOffset),
              width,
              overwrite,
              scale,
              scratch,
            );
          });
        });
      });
    },
  );
};
