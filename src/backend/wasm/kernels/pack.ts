import type { Callable, Func, Var } from '../assembler/func';
import type { Module } from '../assembler/module';
import { I32 } from '../assembler/values';
import { type FloatDType, load1, load4 } from './load';

/** Bytes per number. */
export const ELEMENT_BYTES = { f32: 4, bf16: 2, f16: 2 } as const;

/** Parameters of a packer: target, source, stride, valid, depth. */
export const PACKER = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;
export type Packer = Callable<typeof PACKER, undefined>;

/**
 * Adds a function that copies `width` rows of `depth` numbers as f32, transposed: entry k of all rows side by side. If fewer rows are
 * `valid`, the others have undefined numbers. `stride` is in bytes: from row to row if the source is row-major, else from column to
 * column.
 */
export function addPacker(module: Module, dtype: FloatDType, width: number, rowMajor: boolean): Packer {
  const size = ELEMENT_BYTES[dtype];
  return module.func(PACKER, undefined, (f, target, source, stride, valid, depth) => {
    if (rowMajor) packRowMajor(f, { dtype, size, width, target, source, stride, valid, depth });
    else packColumnMajor(f, { dtype, size, width, target, source, stride, valid, depth });
  });
}

interface Packing {
  readonly dtype: FloatDType;
  readonly size: number;
  readonly width: number;
  readonly target: Var<I32>;
  readonly source: Var<I32>;
  readonly stride: Var<I32>;
  readonly valid: Var<I32>;
  readonly depth: Var<I32>;
}

function packRowMajor(f: Func, { dtype, size, width, target, source, stride, valid, depth }: Packing): void {
  const last = f.i32(valid.sub(1));
  for (let first = 0; first < width; first += 4) {
    const rows = [0, 1, 2, 3].map((r) => {
      const row = I32.of(first + r).min(last);
      return f.i32(source.add(row.mul(stride)));
    });
    const to = f.i32(target.add(4 * first));
    const whole = f.i32(depth.and(-4));
    f.for(0, whole, 4, () => {
      const [a, b, c, d] = rows.map((row) => f.v128(load4(f, dtype, row)));
      if (!a || !b || !c || !d) return;
      const ab = f.v128(a.shuffle(b, [0, 4, 1, 5]));
      const cd = f.v128(c.shuffle(d, [0, 4, 1, 5]));
      f.storeV128(to, ab.shuffle(cd, [0, 1, 4, 5]));
      f.storeV128(to, ab.shuffle(cd, [2, 3, 6, 7]), 4 * width);
      ab.set(a.shuffle(b, [2, 6, 3, 7]));
      cd.set(c.shuffle(d, [2, 6, 3, 7]));
      f.storeV128(to, ab.shuffle(cd, [0, 1, 4, 5]), 8 * width);
      f.storeV128(to, ab.shuffle(cd, [2, 3, 6, 7]), 12 * width);
      for (const row of rows) row.set(row.add(4 * size));
      to.set(to.add(16 * width));
    });
    f.for(whole, depth, 1, () => {
      for (const [r, row] of rows.entries()) {
        f.storeF32(to, load1(f, dtype, row), 4 * r);
        row.set(row.add(size));
      }
      to.set(to.add(4 * width));
    });
  }
}

function packColumnMajor(
  f: Func,
  { dtype, size, width, target, source, stride, valid, depth }: Packing,
): void {
  const from = f.i32(source);
  const to = f.i32(target);
  f.if(
    valid.atLeast(width),
    () =>
      f.for(0, depth, 1, () => {
        for (let r = 0; r < width; r += 4) f.storeV128(to, load4(f, dtype, from.add(r * size)), 4 * r);
        from.set(from.add(stride));
        to.set(to.add(4 * width));
      }),
    () =>
      f.for(0, depth, 1, () => {
        f.for(0, valid, 1, (r) => f.storeF32(to.add(r.shl(2)), load1(f, dtype, from.add(r.mul(size)))));
        from.set(from.add(stride));
        to.set(to.add(4 * width));
      }),
  );
}
