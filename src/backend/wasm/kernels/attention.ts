import type { Callable } from '../assembler/func';
import type { Module } from '../assembler/module';
import { F32, I32 } from '../assembler/values';
import { TILE_COLUMNS } from './gemm';
import { kernel } from './kernel';
import { forEachVector } from './load';
import { exp, tanh } from './math';
import { PRODUCT_SCRATCH, type Products } from './product';

/** Queries whose scores are in memory at a time. */
export const QUERIES = 64;

/** Bytes per row of scores for `keys` keys. */
export const scoreStride = (keys: I32): I32 =>
  keys
    .add(TILE_COLUMNS - 1)
    .and(-TILE_COLUMNS)
    .shl(2);

/** Bytes of the scores of one block of queries. */
const scoreBytes = (keys: number): number => 4 * QUERIES * Math.ceil(keys / TILE_COLUMNS) * TILE_COLUMNS;

/** Scratch bytes for attention over `keys` keys with this many matrices of scores. */
export const attentionScratch = (keys: number, matrices: number): number =>
  PRODUCT_SCRATCH + matrices * scoreBytes(keys);

export type Softmax = Callable<readonly ['i32', 'i32', 'i32', 'i32'], undefined>;

/** Adds a function (row, start, end, all): softmax over the scores from `start` to `end` (exclusive), in place; the others become 0. */
export const addSoftmax = (module: Module): Softmax =>
  module.func(['i32', 'i32', 'i32', 'i32'], undefined, (f, row, start, end, all) => {
    const scores = f.i32(row.add(start.shl(2)));
    const visible = f.i32(end.sub(start));
    const maximum = f.v128(-Infinity);
    forEachVector(f, visible, ({ load }) => maximum.set(maximum.pmax(load(scores, -Infinity))));
    maximum.set(f.f32(maximum.reduceMax()).splat());
    const sum = f.v128(0);
    forEachVector(f, visible, ({ load, store }) => {
      const weights = exp(f, load(scores, -Infinity).sub(maximum));
      store(scores, weights);
      sum.set(sum.add(weights));
    });
    const total = f.v128(f.f32(sum.reduceSum()).splat());
    forEachVector(f, visible, ({ load, store }) => store(scores, load(scores).div(total)));
    f.for(0, start, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
    f.for(end, all, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
  });

export type CapScores = Callable<readonly ['i32', 'i32', 'f32'], undefined>;

/** Adds a function (scores, count, cap): soft cap of the scores, in place. */
export const addCapScores = (module: Module): CapScores =>
  module.func(['i32', 'i32', 'f32'], undefined, (f, scores, count, cap) => {
    const bound = f.v128(cap.splat());
    forEachVector(f, count, ({ load, store }) => store(scores, tanh(f, load(scores).div(bound)).mul(bound)));
  });

/** a − b, or 0 if b is larger. */
export const lessDown = (a: I32, b: I32): I32 => a.sub(a.min(b));

/** Items are blocks of queries, in the order window, head, block. */
export const attention = (products: Products, softmax: Softmax, capScores: CapScores) =>
  kernel(
    {
      q: 'i32',
      k: 'i32',
      v: 'i32',
      out: 'i32',
      heads: 'i32',
      kvHeads: 'i32',
      headDim: 'i32',
      /** Per window. */
      queries: 'i32',
      past: 'i32',
      /** Per head and window. */
      blocks: 'i32',
      scale: 'f32',
      /** Keys that a query sees: itself and those before it. */
      span: 'i32',
      /** 0: none. */
      cap: 'f32',
    },
    (f, p, { start, end, scratch }) => {
      const width = f.i32(p.heads.mul(p.headDim).shl(2));
      const kvWidth = f.i32(p.kvHeads.mul(p.headDim).shl(2));
      const scores = f.i32(scratch.add(PRODUCT_SCRATCH));
      f.for(start, end, 1, (item) => {
        const part = f.i32(item.div(p.blocks));
        const first = f.i32(item.sub(part.mul(p.blocks)).mul(QUERIES));
        const base = f.i32(part.div(p.heads));
        const head = f.i32(part.sub(base.mul(p.heads)));
        base.set(base.mul(p.queries));
        const rows = f.i32(p.queries.sub(first).min(QUERIES));
        const before = f.i32(p.past.add(first));
        // Keys before this one are seen by no query of the block. `seen` counts from it.
        const lowest = f.i32(lessDown(before.add(1), p.span));
        const seen = f.i32(before.add(rows).sub(lowest));
        const stride = f.i32(scoreStride(seen));
        const kvOffset = f.i32(
          base.add(lowest).mul(kvWidth).add(head.mul(p.kvHeads).div(p.heads).mul(p.headDim).shl(2)),
        );
        const qOffset = f.i32(base.add(first).mul(width).add(head.mul(p.headDim).shl(2)));
        const [add, one] = [I32.of(0), F32.of(1)];
        const query = p.q.add(qOffset);
        const key = p.k.add(kvOffset);
        f.call(
          products.nt,
          query,
          width,
          key,
          kvWidth,
          rows,
          seen,
          p.headDim,
          scores,
          stride,
          add,
          p.scale,
          scratch,
        );
        f.for(0, rows, 1, (t) => {
          const row = f.i32(scores.add(t.mul(stride)));
          const end = f.i32(before.add(t).add(1));
          f.if(p.cap.differs(0), () => f.call(capScores, row, seen, p.cap));
          f.call(softmax, row, lessDown(end, p.span).sub(lowest), end.sub(lowest), seen);
        });
        const value = p.v.add(kvOffset);
        const to = p.out.add(qOffset);
        f.call(
          products.nn,
          scores,
          stride,
          value,
          kvWidth,
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
