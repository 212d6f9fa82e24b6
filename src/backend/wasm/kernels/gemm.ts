import type { Callable, Var } from '../assembler/func';
import type { Module } from '../assembler/module';
import { I32 } from '../assembler/values';
import { type Kernel, kernel } from './kernel';

/**
 * Rows and columns of the tile of the result that stays in registers, and the terms added before it is written. With more rows, V8
 * loads all operands first and runs out of its 15 registers, also with fused multiply-adds.
 */
export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;
export const DEPTH = 512;
const TILE_BYTES = 4 * TILE_ROWS * TILE_COLUMNS;

/** Scratch bytes for a block of rows. */
export const blockScratch = (rows: number): number => 4 * rows * DEPTH + TILE_BYTES;

/** (row panel, column panel, depth, out, its stride in bytes, rows, columns, 1 to add to it, factor, scratch for a partial tile). */
const TILE = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32', 'i32'] as const;
export type Tile = Callable<typeof TILE, undefined>;

/** Adds a function that computes one tile of a product of packed panels; with `squares`, sums of squared differences. */
export function addTile(module: Module, squares: boolean): Tile {
  return module.func(TILE, undefined, (f, a, b, depth, out, stride, rows, columns, add, scale, tile) => {
    const vectors = TILE_COLUMNS / 4;
    const sums = Array.from({ length: TILE_ROWS }, () => Array.from({ length: vectors }, () => f.v128(0)));
    // Not unrolled: with several steps per iteration, compilers load all operands first and run out of registers.
    const right = f.i32(b);
    f.for(a, f.i32(a.add(depth.mul(4 * TILE_ROWS))), 4 * TILE_ROWS, (left) => {
      const others = Array.from({ length: vectors }, (_, v) => f.v128(right.v128(16 * v)));
      for (const [r, row] of sums.entries()) {
        const value = f.v128(left.splatF32(4 * r));
        for (const [v, other] of others.entries()) {
          const term = squares ? f.v128(value.sub(other)) : value;
          row[v]?.set(f.multiplyAdd(term, squares ? term : other, row[v]));
        }
      }
      right.set(right.add(4 * TILE_COLUMNS));
    });

    const factor = f.v128(scale.splat());
    const full = rows.atLeast(TILE_ROWS).and(columns.atLeast(TILE_COLUMNS));
    const write = (to: Var<I32>, added: boolean, width: I32 | number): void => {
      for (const [r, row] of sums.entries()) {
        for (const [v, sum] of row.entries()) {
          const value = sum.mul(factor);
          f.storeV128(to, added ? to.v128(16 * v).add(value) : value, 16 * v);
        }
        if (r + 1 < sums.length) to.set(to.add(width));
      }
    };
    f.if(
      full,
      () =>
        f.if(
          add,
          () => write(out, true, stride),
          () => write(out, false, stride),
        ),
      () => {
        const kept = f.i32(tile);
        write(kept, false, 4 * TILE_COLUMNS);
        f.for(0, rows.min(TILE_ROWS), 1, (r) => {
          const to = f.i32(out.add(r.mul(stride)));
          const from = f.i32(tile.add(r.mul(4 * TILE_COLUMNS)));
          f.for(0, columns.min(TILE_COLUMNS).shl(2), 4, (c) => {
            const old = f.f32(0);
            f.if(add, () => old.set(to.add(c).f32()));
            f.storeF32(to.add(c), old.add(from.add(c).f32()));
          });
        });
      },
    );
  });
}

/** Packs the columns of the right factor into panels. Items are panels. `packer` is an index in the function table. */
export const packColumns = (type: number): Kernel<typeof PACK_COLUMNS> =>
  kernel(PACK_COLUMNS, (f, { source, step, stride, packer, columns, depth, target }, { start, end }) => {
    const count = f.i32(columns.min(end.mul(TILE_COLUMNS)).sub(start.mul(TILE_COLUMNS)));
    const to = target.add(start.mul(depth).mul(4 * TILE_COLUMNS));
    f.callIndirect(type, packer, to, source.add(start.mul(step)), stride, count, depth);
  });
const PACK_COLUMNS = {
  source: 'i32',
  /** Bytes from one panel to the next. */
  step: 'i32',
  /** Bytes between rows, or between entries of a row (see `addPacker`). */
  stride: 'i32',
  packer: 'i32',
  columns: 'i32',
  depth: 'i32',
  target: 'i32',
} as const;

const MULTIPLY = {
  a: 'i32',
  step: 'i32',
  stride: 'i32',
  /** Bytes from one entry of a row to the next. */
  entry: 'i32',
  packer: 'i32',
  /** Packed columns of the right factor. */
  b: 'i32',
  out: 'i32',
  outStride: 'i32',
  rows: 'i32',
  columns: 'i32',
  depth: 'i32',
  add: 'i32',
  scale: 'f32',
  /** Rows and columns of a block, multiples of a tile's. */
  blockRows: 'i32',
  blockColumns: 'i32',
  /** Blocks per row of blocks. */
  blocksAcross: 'i32',
} as const;

/** Multiplies rows by packed columns. Items are blocks of the result in row-major order. */
export const multiply = (type: number, tile: Tile): Kernel<typeof MULTIPLY> =>
  kernel(MULTIPLY, (f, p, { start, end, scratch }) => {
    f.for(start, end, 1, (item) => {
      const row = f.i32(item.div(p.blocksAcross));
      const column = f.i32(item.sub(row.mul(p.blocksAcross)).mul(p.blockColumns));
      row.set(row.mul(p.blockRows));
      const rowEnd = f.i32(row.add(p.blockRows).min(p.rows));
      const columnEnd = f.i32(column.add(p.blockColumns).min(p.columns));
      const temporary = f.i32(scratch.add(p.blockRows.mul(4 * DEPTH)));
      f.for(0, p.depth, DEPTH, (k) => {
        const depth = f.i32(p.depth.sub(k).min(DEPTH));
        const add = f.i32(p.add.or(k));
        const panelBytes = f.i32(depth.mul(4 * TILE_ROWS));
        const panel = f.i32(scratch);
        const source = p.a.add(row.div(TILE_ROWS).mul(p.step)).add(k.mul(p.entry));
        f.callIndirect(type, p.packer, scratch, source, p.stride, rowEnd.sub(row), depth);
        f.for(column, columnEnd, TILE_COLUMNS, (j) => {
          const right = f.i32(p.b.add(j.mul(p.depth).add(k.mul(TILE_COLUMNS)).shl(2)));
          const out = f.i32(p.out.add(row.mul(p.outStride)).add(j.shl(2)));
          panel.set(scratch);
          f.for(row, rowEnd, TILE_ROWS, (i) => {
            f.call(
              tile,
              panel,
              right,
              depth,
              out,
              p.outStride,
              rowEnd.sub(i),
              columnEnd.sub(j),
              add,
              p.scale,
              temporary,
            );
            panel.set(panel.add(panelBytes));
            out.set(out.add(p.outStride.mul(TILE_ROWS)));
          });
        });
      });
    });
  });
