import type { Callable } from '../assembler/func';
import type { Module } from '../assembler/module';
import { F32, I32 } from '../assembler/values';
import { TILE_COLUMNS } from './gemm';
import { kernel } from './kernel';
import { eachLane, lesser } from './load';
import { exp } from './math';
import { PRODUCT_SCRATCH, type Products } from './product';

/** Queries whose scores are held at a time. */
export const QUERIES = 64;

/** Bytes between rows of scores for `keys` keys. */
export const scoreStride = (keys: I32): I32 =>
  keys
    .add(TILE_COLUMNS - 1)
    .and(-TILE_COLUMNS)
    .shl(2);

/** Bytes of scores of a block of queries for `keys` keys. */
const scoreBytes = (keys: number): number => 4 * QUERIES * Math.ceil(keys / TILE_COLUMNS) * TILE_COLUMNS;

/** Bytes of scratch for attention over `keys` keys that holds `matrices` of scores. */
export const attentionScratch = (keys: number, matrices: number): number =>
  PRODUCT_SCRATCH + matrices * scoreBytes(keys);

export type Softmax = Callable<readonly ['i32', 'i32', 'i32'], undefined>;

/** (scores, visible, all): a softmax over the visible ones, in place; zeros for the others. */
export const addSoftmax = (module: Module): Softmax =>
  module.func(['i32', 'i32', 'i32'], undefined, (f, scores, visible, all) => {
    const most = f.v128(-Infinity);
    eachLane(f, visible, ({ load }) => most.set(most.upTo(load(scores, -Infinity))));
    most.set(f.f32(most.most()).splat());
    const sum = f.v128(0);
    eachLane(f, visible, ({ load, store }) => {
      const weights = exp(f, load(scores, -Infinity).sub(most));
      store(scores, weights);
      sum.set(sum.add(weights));
    });
    const total = f.v128(f.f32(sum.sum()).splat());
    eachLane(f, visible, ({ load, store }) => store(scores, load(scores).div(total)));
    f.each(visible, all, 1, (s) => f.storeF32(scores.add(s.shl(2)), F32.of(0)));
  });

/** Items are blocks of queries of one head of a window: window after window, in it head after head. */
export const attention = (products: Products, softmax: Softmax) =>
  kernel(
    {
      q: 'i32',
      k: 'i32',
      v: 'i32',
      out: 'i32',
      heads: 'i32',
      kvHeads: 'i32',
      headDim: 'i32',
      /** Of one window. */
      queries: 'i32',
      past: 'i32',
      /** Of one head of a window. */
      blocks: 'i32',
      scale: 'f32',
    },
    (f, p, { start, end, scratch }) => {
      const width = f.i32(p.heads.mul(p.headDim).shl(2));
      const sharedWidth = f.i32(p.kvHeads.mul(p.headDim).shl(2));
      const scores = f.i32(scratch.add(PRODUCT_SCRATCH));
      f.each(start, end, 1, (item) => {
        const part = f.i32(item.div(p.blocks));
        const first = f.i32(item.sub(part.mul(p.blocks)).mul(QUERIES));
        const base = f.i32(part.div(p.heads));
        const head = f.i32(part.sub(base.mul(p.heads)));
        base.set(base.mul(p.queries));
        const rows = f.i32(lesser(p.queries.sub(first), I32.of(QUERIES)));
        const seen = f.i32(p.past.add(first).add(rows));
        const stride = f.i32(scoreStride(seen));
        const shared = f.i32(
          base.mul(sharedWidth).add(head.mul(p.kvHeads).div(p.heads).mul(p.headDim).shl(2)),
        );
        const place = f.i32(base.add(first).mul(width).add(head.mul(p.headDim).shl(2)));
        const [add, one] = [I32.of(0), F32.of(1)];
        const query = p.q.add(place);
        const key = p.k.add(shared);
        f.run(
          products.nt,
          query,
          width,
          key,
          sharedWidth,
          rows,
          seen,
          p.headDim,
          scores,
          stride,
          add,
          p.scale,
          scratch,
        );
        f.each(0, rows, 1, (t) =>
          f.run(softmax, scores.add(t.mul(stride)), p.past.add(first).add(t).add(1), seen),
        );
        const value = p.v.add(shared);
        const to = p.out.add(place);
        f.run(
          products.nn,
          scores,
          stride,
          value,
          sharedWidth,
          rows,
          p.headDim,
          seen,
          to,
          width,
          add,
          one,
          scratch,
        );
      });
    },
  );
