import type { Module } from '../assembler/module';
import { F32, I32 } from '../assembler/values';
import { QUERIES, type Softmax, scoreStride } from './attention';
import { kernel } from './kernel';
import { forEachVector } from './load';
import { PRODUCT_SCRATCH, type Products } from './product';

/**
 * With scores S = QKᵀ/√h, probabilities P, and U the derivative by the output O = PV: dV = PᵀU, D = UVᵀ, dS = P∘(D − rowsum(P∘D)),
 * dQ = dS·K/√h, dK = dSᵀ·Q/√h (Dao et al. 2022, section 3.2 and appendix B.2). The paper has rowsum(U∘O); the equal rowsum(P∘D) has
 * the same rounding as D, so that dS of a query that sees one key is exactly 0. Items are key-value heads, window after window; one
 * item sums dK and dV of its head, in a fixed order. The caller sets dK and dV to zero first.
 */
export const attentionGradient = (module: Module, products: Products, softmax: Softmax) => {
  /** (probabilities, slopes, visible, all): turns a row of D (`slopes`) into a row of dS, in place. */
  const scoreGradient = module.func(
    ['i32', 'i32', 'i32', 'i32'],
    undefined,
    (f, probabilities, slopes, visible, all) => {
      const sum = f.v128(0);
      forEachVector(f, visible, ({ load }) => sum.set(sum.add(load(probabilities).mul(load(slopes)))));
      const dot = f.v128(f.f32(sum.reduceSum()).splat());
      forEachVector(f, visible, ({ load, store }) =>
        store(slopes, load(slopes).sub(dot).mul(load(probabilities))),
      );
      f.for(visible, all, 1, (s) => f.storeF32(slopes.add(s.shl(2)), F32.of(0)));
    },
  );

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
    },
    (f, p, { start, end, scratch }) => {
      const { group, headDim, queries, scale } = p;
      const kvWidth = f.i32(p.kvHeads.mul(headDim).shl(2));
      const width = f.i32(kvWidth.mul(group));
      const weights = f.i32(scratch.add(PRODUCT_SCRATCH));
      const slopes = f.i32(weights.add(scoreStride(queries).mul(QUERIES)));
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
            const seen = f.i32(first.add(rows));
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
            score(query, key, weights, scale);
            score(upstream, value, slopes, one);
            f.for(0, rows, 1, (t) => {
              const row = f.i32(t.mul(stride));
              const visible = f.i32(first.add(t).add(1));
              f.call(softmax, weights.add(row), visible, seen);
              f.call(scoreGradient, weights.add(row), slopes.add(row), visible, seen);
            });
            accumulateInto(weights, upstream, dValue, one);
            accumulateInto(slopes, query, dKey, scale);
            f.call(
              products.nn,
              slopes,
              stride,
              key,
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
