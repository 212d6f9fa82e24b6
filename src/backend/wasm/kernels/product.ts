import type { Callable } from '../assembler/func';
import type { Module } from '../assembler/module';
import { I32 } from '../assembler/values';
import { DEPTH, TILE_COLUMNS, TILE_ROWS, type Tile } from './gemm';
import type { Packer } from './pack';

/** Rows of the left factor packed at a time. */
const ROWS = 64;

/** Scratch bytes for a product of any size. */
export const PRODUCT_SCRATCH = 4 * (ROWS * DEPTH + TILE_COLUMNS * DEPTH + TILE_ROWS * TILE_COLUMNS);

/** (left, its stride, right, its stride, rows, columns, depth, out, its stride, 1 to add to it, factor, scratch); strides in bytes. */
const PRODUCT = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32', 'i32'] as const;
export type Product = Callable<typeof PRODUCT, undefined>;

interface Packers {
  readonly rowMajor: Packer;
  readonly columnMajor: Packer;
}

function addProduct(
  module: Module,
  tile: Tile,
  rowPackers: Packers,
  columnPackers: Packers,
  leftOrder: keyof Packers,
  rightOrder: keyof Packers,
): Product {
  /** Offset of entry `k` of row `i` in bytes. */
  const place = (order: keyof Packers, stride: I32, i: I32, k: I32): I32 =>
    order === 'rowMajor' ? i.mul(stride).add(k.shl(2)) : k.mul(stride).add(i.shl(2));
  return module.func(
    PRODUCT,
    undefined,
    (f, left, leftStride, right, rightStride, rows, columns, depth, out, outStride, add, scale, scratch) => {
      const panel = f.i32(scratch.add(4 * ROWS * DEPTH));
      const tileAt = f.i32(panel.add(4 * TILE_COLUMNS * DEPTH));
      f.for(0, rows, ROWS, (first) => {
        const rowsHere = f.i32(rows.sub(first).min(ROWS));
        f.for(0, depth, DEPTH, (k) => {
          const depthHere = f.i32(depth.sub(k).min(DEPTH));
          const added = f.i32(add.or(k));
          const eachPanel = (body: (i: I32, pack: I32) => void): void => {
            const at = f.i32(scratch);
            f.for(0, rowsHere, TILE_ROWS, (i) => {
              body(i, at);
              at.set(at.add(depthHere.mul(4 * TILE_ROWS)));
            });
          };
          const from = left.add(place(leftOrder, leftStride, first, k));
          f.call(rowPackers[leftOrder], scratch, from, leftStride, rowsHere, depthHere);
          f.for(0, columns, TILE_COLUMNS, (j) => {
            const count = f.i32(columns.sub(j));
            const from = right.add(place(rightOrder, rightStride, j, k));
            f.call(columnPackers[rightOrder], panel, from, rightStride, count.min(TILE_COLUMNS), depthHere);
            const to = f.i32(out.add(first.mul(outStride)).add(j.shl(2)));
            eachPanel((i, at) => {
              f.call(tile, at, panel, depthHere, to, outStride, rowsHere.sub(i), count, added, scale, tileAt);
              to.set(to.add(outStride.mul(TILE_ROWS)));
            });
          });
        });
      });
    },
  );
}

/** Adds functions that multiply f32 matrices on one thread, for use in other kernels. Orientations as in `MatmulOptions`. */
export const addProducts = (module: Module, tile: Tile, rows: Packers, columns: Packers) => ({
  nn: addProduct(module, tile, rows, columns, 'rowMajor', 'columnMajor'),
  nt: addProduct(module, tile, rows, columns, 'rowMajor', 'rowMajor'),
  tn: addProduct(module, tile, rows, columns, 'columnMajor', 'columnMajor'),
});
export type Products = ReturnType<typeof addProducts>;
