import type { Callable } from '../assembler/func';
import type { Module } from '../assembler/module';
import { F32, I32, type V128 } from '../assembler/values';
import { DEPTH, TILE_COLUMNS, TILE_ROWS, type Tile } from './gemm';
import { type Kernel, kernel } from './kernel';
import { F64_HALVES, forEachVector, toF32x4 } from './load';

/**
 * ‖a‖² + ‖b‖² − 2ab is taken for a squared distance where it exceeds this share of ‖a‖² + ‖b‖², so that its error is at most four times
 * that of its terms. Elsewhere the terms cancel, and the distance is computed from differences.
 */
const CANCELS_BELOW = 0.25;

/** Rows and columns of the result that a thread computes in scratch memory at a time. */
export const DISTANCE_BLOCK = { rows: 64, columns: 256 } as const;
/** Bytes from row to row of a block; not a power of two, because such rows share few places in a cache. */
const STRIDE = 4 * DISTANCE_BLOCK.columns + 64;
const TILE_BYTES = 4 * TILE_ROWS * TILE_COLUMNS;

/** Scratch bytes: a block, a tile of distances by differences, the squared norms of the rows, and the packed rows. */
export const distanceScratch = (depth: number): number =>
  DISTANCE_BLOCK.rows * STRIDE + TILE_BYTES + 4 * DISTANCE_BLOCK.rows * (1 + depth);

/** (panel, depth, out): writes the squared norms of the rows of a panel. */
type PanelNorms = Callable<readonly ['i32', 'i32', 'i32'], undefined>;

/** Adds a function for panels of `width` rows. It sums in f64. */
export function addPanelNorms(module: Module, width: number): PanelNorms {
  return module.func(['i32', 'i32', 'i32'], undefined, (f, panel, depth, out) => {
    const sums = Array.from({ length: width / 4 }, () => [f.v128(0), f.v128(0)] as const);
    f.for(panel, f.i32(panel.add(depth.mul(4 * width))), 4 * width, (at) => {
      for (const [v, halves] of sums.entries()) {
        const values = f.v128(at.v128(16 * v));
        for (const [h, half] of F64_HALVES.entries()) {
          const part = f.v128(values[half]());
          halves[h]?.set(halves[h].addF64(part.mulF64(part)));
        }
      }
    });
    for (const [v, [low, high]] of sums.entries()) f.storeV128(out, toF32x4(f, low, high), 16 * v);
  });
}

/** Items are packed panels of columns. */
export const columnNorms = (norms: PanelNorms) =>
  kernel({ b: 'i32', depth: 'i32', out: 'i32' }, (f, { b, depth, out }, { start, end }) => {
    f.for(start, end, 1, (panel) =>
      f.call(
        norms,
        b.add(panel.mul(depth).mul(4 * TILE_COLUMNS)),
        depth,
        out.add(panel.mul(4 * TILE_COLUMNS)),
      ),
    );
  });

/** (products, row norms, column norms, row panel, column panel, depth, scratch for a tile) */
const FINISH = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;

/** Adds a function that turns a tile of products in a block into squared distances. */
function addFinish(module: Module, differences: Tile): Callable<typeof FINISH, undefined> {
  return module.func(FINISH, undefined, (f, at, rowNorms, columnNorms, left, right, depth, tile) => {
    const eachVector = (body: (offset: number, tileOffset: number, norms: V128) => void): void => {
      for (let r = 0; r < TILE_ROWS; r++)
        for (let c = 0; c < TILE_COLUMNS; c += 4) {
          const norms = f.v128(rowNorms.splatF32(4 * r).add(columnNorms.v128(4 * c)));
          body(r * STRIDE + 4 * c, 4 * (r * TILE_COLUMNS + c), norms);
        }
    };
    // NaN, which norms beyond the range of f32 lead to, is not above: such distances are computed from differences too.
    const isSound = (squares: V128, norms: V128): V128 => squares.above(norms.mul(f.constant(CANCELS_BELOW)));
    const cancelled = f.v128(0);
    eachVector((offset, _, norms) => {
      const squares = f.v128(f.multiplyAdd(at.v128(offset), -2, norms));
      f.storeV128(at, squares, offset);
      cancelled.set(cancelled.or(isSound(squares, norms).not()));
    });
    f.if(cancelled.anyTrue(), () => {
      const [rows, columns, stride] = [I32.of(TILE_ROWS), I32.of(TILE_COLUMNS), I32.of(4 * TILE_COLUMNS)];
      f.for(0, depth, DEPTH, (k) => {
        const from = left.add(k.mul(4 * TILE_ROWS));
        const to = right.add(k.mul(4 * TILE_COLUMNS));
        const count = f.i32(depth.sub(k).min(DEPTH));
        f.call(differences, from, to, count, tile, stride, rows, columns, k, F32.of(1), I32.of(0));
      });
      eachVector((offset, tileOffset, norms) => {
        const squares = f.v128(at.v128(offset));
        f.storeV128(at, squares.bitselect(isSound(squares, norms), tile.v128(tileOffset)), offset);
      });
    });
  });
}

const DISTANCES = {
  a: 'i32',
  /** Bytes from row to row. */
  stride: 'i32',
  packer: 'i32',
  /** Packed columns, and their squared norms. */
  b: 'i32',
  norms: 'i32',
  out: 'i32',
  outStride: 'i32',
  rows: 'i32',
  columns: 'i32',
  depth: 'i32',
  /** Blocks per row of blocks. */
  blocksAcross: 'i32',
  factor: 'f32',
  /** 1: distances, 0: their squares. */
  root: 'i32',
} as const;

/** Writes factor · distance of rows to packed columns. Items are blocks of the result in row-major order. */
export function pairwise(
  module: Module,
  type: number,
  products: Tile,
  differences: Tile,
): Kernel<typeof DISTANCES> {
  const panelNorms = addPanelNorms(module, TILE_ROWS);
  const finish = addFinish(module, differences);
  return kernel(DISTANCES, (f, p, { start, end, scratch }) => {
    const block = f.i32(scratch);
    const tile = f.i32(block.add(DISTANCE_BLOCK.rows * STRIDE));
    const rowNorms = f.i32(tile.add(TILE_BYTES));
    const packed = f.i32(rowNorms.add(4 * DISTANCE_BLOCK.rows));
    const panelBytes = f.i32(p.depth.mul(4 * TILE_ROWS));
    const factor = f.v128(p.factor.splat());
    f.for(start, end, 1, (item) => {
      const row = f.i32(item.div(p.blocksAcross));
      const column = f.i32(item.sub(row.mul(p.blocksAcross)).mul(DISTANCE_BLOCK.columns));
      row.set(row.mul(DISTANCE_BLOCK.rows));
      const rows = f.i32(p.rows.sub(row).min(DISTANCE_BLOCK.rows));
      const columns = f.i32(p.columns.sub(column).min(DISTANCE_BLOCK.columns));
      f.callIndirect(type, p.packer, packed, p.a.add(row.mul(p.stride)), p.stride, rows, p.depth);
      f.for(0, rows, TILE_ROWS, (i) =>
        f.call(panelNorms, packed.add(i.mul(p.depth).shl(2)), p.depth, rowNorms.add(i.shl(2))),
      );
      f.for(0, p.depth, DEPTH, (k) => {
        const depth = f.i32(p.depth.sub(k).min(DEPTH));
        const isLast = f.i32(k.add(depth).equals(p.depth));
        f.for(0, columns, TILE_COLUMNS, (j) => {
          const right = f.i32(p.b.add(column.add(j).mul(p.depth).shl(2)));
          const left = f.i32(packed);
          const at = f.i32(block.add(j.shl(2)));
          f.for(0, rows, TILE_ROWS, (i) => {
            f.call(
              products,
              left.add(k.mul(4 * TILE_ROWS)),
              right.add(k.mul(4 * TILE_COLUMNS)),
              depth,
              at,
              I32.of(STRIDE),
              I32.of(TILE_ROWS),
              I32.of(TILE_COLUMNS),
              k,
              F32.of(1),
              I32.of(0),
            );
            f.if(isLast, () => {
              const norms = p.norms.add(column.add(j).shl(2));
              f.call(finish, at, rowNorms.add(i.shl(2)), norms, left, right, p.depth, tile);
            });
            left.set(left.add(panelBytes));
            at.set(at.add(STRIDE * TILE_ROWS));
          });
        });
      });
      f.for(0, rows, 1, (i) => {
        const from = f.i32(block.add(i.mul(STRIDE)));
        const to = f.i32(p.out.add(row.add(i).mul(p.outStride)).add(column.shl(2)));
        f.if(
          p.root,
          () => forEachVector(f, columns, ({ load, store }) => store(to, load(from).sqrt().mul(factor))),
          () => forEachVector(f, columns, ({ load, store }) => store(to, load(from).mul(factor))),
        );
      });
    });
  });
}
