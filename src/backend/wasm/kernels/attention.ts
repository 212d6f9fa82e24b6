import type { Module } from '../assembler/module';
import { F32, I32, choose } from '../assembler/values';
import { DEPTH, TILE_COLUMNS, TILE_ROWS, type Tile } from './gemm';
import { kernel } from './kernel';
import { eachLane, lesser } from './load';
import { exp } from './math';
import type { Packer } from './pack';

/** Queries of one item of attention. */
export const QUERIES = 64;

/** Bytes of scratch for attention over `keys` keys. */
export const attentionScratch = (headDim: number, keys: number): number =>
  4 *
  (QUERIES * (headDim + DEPTH + roundUp(keys)) +
    TILE_COLUMNS * Math.max(headDim, DEPTH) +
    TILE_ROWS * TILE_COLUMNS);

const roundUp = (keys: number): number => Math.ceil(keys / TILE_COLUMNS) * TILE_COLUMNS;

/** Items are blocks of queries of one head, head after head. */
export const attention = (
  module: Module,
  tile: Tile,
  rows: Packer,
  columns: Packer,
  columnsAcross: Packer,
) => {
  /** (scores, visible, all): a softmax over the visible ones, in place; zeros for the others. */
  const softmax = module.func(['i32', 'i32', 'i32'], undefined, (f, scores, visible, all) => {
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

  return kernel(
    {
      q: 'i32',
      k: 'i32',
      v: 'i32',
      out: 'i32',
      heads: 'i32',
      kvHeads: 'i32',
      headDim: 'i32',
      queries: 'i32',
      past: 'i32',
      blocks: 'i32',
      scale: 'f32',
    },
    (f, p, { start, end, scratch }) => {
      const width = f.i32(p.heads.mul(p.headDim).shl(2));
      const sharedWidth = f.i32(p.kvHeads.mul(p.headDim).shl(2));
      const queryPack = f.i32(scratch);
      const weightPack = f.i32(queryPack.add(p.headDim.mul(4 * QUERIES)));
      const tileAt = f.i32(weightPack.add(4 * QUERIES * DEPTH));
      const panel = f.i32(tileAt.add(4 * TILE_ROWS * TILE_COLUMNS));
      const panelDepth = f.i32(choose(p.headDim.below(DEPTH), I32.of(DEPTH), p.headDim));
      const scores = f.i32(panel.add(panelDepth.mul(4 * TILE_COLUMNS)));
      f.each(start, end, 1, (item) => {
        const head = f.i32(item.div(p.blocks));
        const first = f.i32(item.sub(head.mul(p.blocks)).mul(QUERIES));
        const rowsHere = f.i32(lesser(p.queries.sub(first), I32.of(QUERIES)));
        const seen = f.i32(p.past.add(first).add(rowsHere));
        const stride = f.i32(
          seen
            .add(TILE_COLUMNS - 1)
            .and(-TILE_COLUMNS)
            .shl(2),
        );
        const shared = f.i32(head.mul(p.kvHeads).div(p.heads).mul(p.headDim).shl(2));
        const place = f.i32(first.mul(width).add(head.mul(p.headDim).shl(2)));
        const eachPanel = (pack: I32, depth: I32, body: (i: I32, pack: I32) => void): void => {
          const at = f.i32(pack);
          f.each(0, rowsHere, TILE_ROWS, (i) => {
            body(i, at);
            at.set(at.add(depth.mul(4 * TILE_ROWS)));
          });
        };
        eachPanel(queryPack, p.headDim, (i, at) =>
          f.run(rows, at, p.q.add(place).add(i.mul(width)), width, rowsHere.sub(i), p.headDim),
        );
        f.each(0, seen, TILE_COLUMNS, (j) => {
          f.run(columns, panel, p.k.add(shared).add(j.mul(sharedWidth)), sharedWidth, seen.sub(j), p.headDim);
          eachPanel(queryPack, p.headDim, (i, at) => {
            const to = scores.add(i.mul(stride)).add(j.shl(2));
            f.run(
              tile,
              at,
              panel,
              p.headDim,
              to,
              stride,
              rowsHere.sub(i),
              seen.sub(j),
              I32.of(0),
              p.scale,
              tileAt,
            );
          });
        });
        f.each(0, rowsHere, 1, (t) =>
          f.run(softmax, scores.add(t.mul(stride)), p.past.add(first).add(t).add(1), seen),
        );
        f.each(0, seen, DEPTH, (s) => {
          const depth = f.i32(lesser(seen.sub(s), I32.of(DEPTH)));
          eachPanel(weightPack, depth, (i, at) =>
            f.run(rows, at, scores.add(i.mul(stride)).add(s.shl(2)), stride, rowsHere.sub(i), depth),
          );
          f.each(0, p.headDim, TILE_COLUMNS, (c) => {
            const from = p.v.add(shared).add(s.mul(sharedWidth)).add(c.shl(2));
            const left = f.i32(p.headDim.sub(c));
            f.run(columnsAcross, panel, from, sharedWidth, left, depth);
            eachPanel(weightPack, depth, (i, at) => {
              const to = p.out.add(place).add(i.mul(width)).add(c.shl(2));
              f.run(tile, at, panel, depth, to, width, rowsHere.sub(i), left, s, F32.of(1), tileAt);
            });
          });
        });
      });
    },
  );
};
