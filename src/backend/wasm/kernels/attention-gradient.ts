import type { Module } from '../assembler/module';
import { F32, I32 } from '../assembler/values';
import { QUERIES, type Softmax, scoreStride } from './attention';
import { kernel } from './kernel';
import { eachLane, lesser } from './load';
import { PRODUCT_SCRATCH, type Products } from './product';

/**
 * With scores S = QKᵀ/√h, probabilities P, and U the derivative by the output O = PV: dV = PᵀU, D = UVᵀ, dS = P∘(D − rowsum(P∘D)),
 * dQ = dS·K/√h, dK = dSᵀ·Q/√h (Dao et al. 2022, section 3.2 and appendix B.2). rowsum(P∘D) is their rowsum(U∘O), and what rounding
 * does to D it does to that too: a query that sees one key has no slope at all. Items are key-value heads of one window, window after
 * window: whatever is added to their derivatives is added in one order. Derivatives by keys and values start as zeros.
 */
export const attentionGradient = (module: Module, products: Products, softmax: Softmax) => {
  /** (probabilities, slopes, visible, all): slopes by probabilities become slopes by scores. */
  const causal = module.func(
    ['i32', 'i32', 'i32', 'i32'],
    undefined,
    (f, probabilities, slopes, visible, all) => {
      const sum = f.v128(0);
      eachLane(f, visible, ({ load }) => sum.set(sum.add(load(probabilities).mul(load(slopes)))));
      const along = f.v128(f.f32(sum.sum()).splat());
      eachLane(f, visible, ({ load, store }) =>
        store(slopes, load(slopes).sub(along).mul(load(probabilities))),
      );
      f.each(visible, all, 1, (s) => f.storeF32(slopes.add(s.shl(2)), F32.of(0)));
    },
  );

  return kernel(
    {
      q: 'i32',
      k: 'i32',
      v: 'i32',
      upstream: 'i32',
      ofQ: 'i32',
      ofK: 'i32',
      ofV: 'i32',
      kvHeads: 'i32',
      /** Query heads that read one key-value head. */
      group: 'i32',
      headDim: 'i32',
      /** Of one window. */
      queries: 'i32',
      scale: 'f32',
    },
    (f, p, { start, end, scratch }) => {
      const { group, headDim, queries, scale } = p;
      const sharedWidth = f.i32(p.kvHeads.mul(headDim).shl(2));
      const width = f.i32(sharedWidth.mul(group));
      const weights = f.i32(scratch.add(PRODUCT_SCRATCH));
      const slopes = f.i32(weights.add(scoreStride(queries).mul(QUERIES)));
      const [fresh, added, one] = [I32.of(0), I32.of(1), F32.of(1)];
      f.each(start, end, 1, (item) => {
        const window = f.i32(item.div(p.kvHeads));
        const kvHead = f.i32(item.sub(window.mul(p.kvHeads)));
        const base = f.i32(window.mul(queries));
        const shared = f.i32(base.mul(sharedWidth).add(kvHead.mul(headDim).shl(2)));
        const key = f.i32(p.k.add(shared));
        const value = f.i32(p.v.add(shared));
        const ofKey = f.i32(p.ofK.add(shared));
        const ofValue = f.i32(p.ofV.add(shared));
        f.each(0, group, 1, (member) => {
          const column = f.i32(kvHead.mul(group).add(member).mul(headDim).shl(2));
          f.each(0, queries, QUERIES, (first) => {
            const rows = f.i32(lesser(queries.sub(first), I32.of(QUERIES)));
            const seen = f.i32(first.add(rows));
            const stride = f.i32(scoreStride(seen));
            const place = f.i32(base.add(first).mul(width).add(column));
            const query = f.i32(p.q.add(place));
            const upstream = f.i32(p.upstream.add(place));
            const score = (left: I32, right: I32, to: I32, factor: F32) =>
              f.run(
                products.nt,
                left,
                width,
                right,
                sharedWidth,
                rows,
                seen,
                headDim,
                to,
                stride,
                fresh,
                factor,
                scratch,
              );
            const gather = (of: I32, right: I32, to: I32, factor: F32) =>
              f.run(
                products.tn,
                of,
                stride,
                right,
                width,
                seen,
                headDim,
                rows,
                to,
                sharedWidth,
                added,
                factor,
                scratch,
              );
            score(query, key, weights, scale);
            score(upstream, value, slopes, one);
            f.each(0, rows, 1, (t) => {
              const row = f.i32(t.mul(stride));
              const visible = f.i32(first.add(t).add(1));
              f.run(softmax, weights.add(row), visible, seen);
              f.run(causal, weights.add(row), slopes.add(row), visible, seen);
            });
            gather(weights, upstream, ofValue, one);
            gather(slopes, query, ofKey, scale);
            f.run(
              products.nn,
              slopes,
              stride,
              key,
              sharedWidth,
              rows,
              headDim,
              seen,
              p.ofQ.add(place),
              width,
              fresh,
              scale,
              scratch,
            );
          });
        });
      });
    },
  );
};
