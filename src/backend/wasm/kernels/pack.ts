import type { Callable, Func, Var } from '../assembler/func';
import type { Module } from '../assembler/module';
import { I32 } from '../assembler/values';
import { type FloatDType, load1, load4 } from './load';

/** Bytes per number. */
export const ELEMENT_BYTES = { f32: 4, bf16: 2, f16: 2 } as const;

/** Parameters of a packer: target, source, stride, rows, depth. */
export const PACKER = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;
export type Packer = Callable<typeof PACKER, undefined>;

/**
 * Adds a function that copies rows of `depth` numbers as f32, in panels of `width` rows. A panel is transposed: entry k of all its rows
 * side by side. Rows missing in the last panel have undefined numbers. `stride` is in bytes: from row to row if the source is
 * row-major, else from column to column.
 */
export function addPacker(module: Module, dtype: FloatDType, width: number, rowMajor: boolean): Packer {
  const size = ELEMENT_BYTES[dtype];
  return module.func(PACKER, undefined, (f, target, source, stride, rows, depth) => {
    const packing = { dtype, size, width, target, source, stride, rows, depth };
    if (rowMajor) packRowMajor(f, packing);
    else packColumnMajor(f, packing);
  });
}

interface Packing {
  readonly dtype: FloatDType;
  readonly size: number;
  readonly width: number;
  readonly target: Var<I32>;
  readonly source: Var<I32>;
  readonly stride: Var<I32>;
  readonly rows: Var<I32>;
  readonly depth: Var<I32>;
}

function packRowMajor(f: Func, { dtype, size, width, target, source, stride, rows, depth }: Packing): void {
  const whole = f.i32(depth.and(-4));
  f.for(0, rows, width, (start) => {
    const last = f.i32(rows.sub(1));
    const panel = f.i32(target.add(start.mul(depth).shl(2)));
    for (let first = 0; first < width; first += 4) {
      const from = [0, 1, 2, 3].map((r) => {
        const row = start.add(first + r).min(last);
        return f.i32(source.add(row.mul(stride)));
      });
      const to = f.i32(panel.add(4 * first));
      f.for(0, whole, 4, () => {
        const [a, b, c, d] = from.map((row) => f.v128(load4(f, dtype, row)));
        if (!a || !b || !c || !d) return;
        const ab = f.v128(a.shuffle(b, [0, 4, 1, 5]));
        const cd = f.v128(c.shuffle(d, [0, 4, 1, 5]));
        f.storeV128(to, ab.shuffle(cd, [0, 1, 4, 5]));
        f.storeV128(to, ab.shuffle(cd, [2, 3, 6, 7]), 4 * width);
        ab.set(a.shuffle(b, [2, 6, 3, 7]));
        cd.set(c.shuffle(d, [2, 6, 3, 7]));
        f.storeV128(to, ab.shuffle(cd, [0, 1, 4, 5]), 8 * width);
        f.storeV128(to, ab.shuffle(cd, [2, 3, 6, 7]), 12 * width);
        for (const row of from) row.set(row.add(4 * size));
        to.set(to.add(16 * width));
      });
      f.for(whole, depth, 1, () => {
        for (const [r, row] of from.entries()) {
          f.storeF32(to, load1(f, dtype, row), 4 * r);
          row.set(row.add(size));
        }
        to.set(to.add(4 * width));
      });
    }
  });
}

/**
 * Entries that all panels copy before their next ones. Few, because columns that lie a power of two apart share few places in a cache;
 * enough to write whole lines of it.
 */
const STEP = 4;

function packColumnMajor(
  f: Func,
  { dtype, size, width, target, source, stride, rows, depth }: Packing,
): void {
  const panelBytes = f.i32(depth.mul(4 * width));
  const whole = f.i32(rows.sub(rows.and(width - 1)));
  const from = f.i32(source);
  const to = f.i32(0);
  const column = f.i32(0);
  /** Copies `count` entries of all whole panels, and moves to the next. */
  const copy = (k: I32, count: number): void => {
    to.set(target.add(k.mul(4 * width)));
    f.for(0, whole, width, (first) => {
      column.set(from.add(first.mul(size)));
      for (let i = 0; i < count; i++) {
        for (let r = 0; r < width; r += 4)
          f.storeV128(to, load4(f, dtype, column.add(r * size)), 4 * (r + i * width));
        if (i + 1 < count) column.set(column.add(stride));
      }
      to.set(to.add(panelBytes));
    });
    from.set(from.add(stride.mul(count)));
  };
  const steps = f.i32(depth.sub(depth.and(STEP - 1)));
  f.for(0, steps, STEP, (k) => copy(k, STEP));
  f.for(steps, depth, 1, (k) => copy(k, 1));
  f.if(whole.below(rows), () => {
    from.set(source);
    to.set(target.add(whole.mul(depth).shl(2)));
    f.for(0, depth, 1, () => {
      f.for(whole, rows, 1, (r) =>
        f.storeF32(to.add(r.sub(whole).shl(2)), load1(f, dtype, from.add(r.mul(size)))),
      );
      from.set(from.add(stride));
      to.set(to.add(4 * width));
    });
  });
}
