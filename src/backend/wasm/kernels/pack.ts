import type { Callable, Func, Var } from '../assembler/func';
import type { Module } from '../assembler/module';
import { I32 } from '../assembler/values';
import { type Packed, lesser, load1, load4 } from './load';

/** Bytes of a number. */
export const SIZE = { f32: 4, bf16: 2, f16: 2 } as const;

/** What a packer is called with: target, source, stride, valid, depth. */
export const PACKER = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;
export type Packer = Callable<typeof PACKER, undefined>;

/**
 * Copies `width` rows (where fewer than that are `valid`, the others get numbers nobody looks at) of `depth` numbers each as f32, entry k of all
 * rows side by side. Numbers are adjacent along a row with rows `stride` bytes apart (`along`), or adjacent across the rows.
 */
export function addPacker(module: Module, dtype: Packed, width: number, along: boolean): Packer {
  const size = SIZE[dtype];
  return module.func(PACKER, undefined, (f, target, source, stride, valid, depth) => {
    if (along) packAlong(f, { dtype, size, width, target, source, stride, valid, depth });
    else packAcross(f, { dtype, size, width, target, source, stride, valid, depth });
  });
}

interface Packing {
  readonly dtype: Packed;
  readonly size: number;
  readonly width: number;
  readonly target: Var<I32>;
  readonly source: Var<I32>;
  readonly stride: Var<I32>;
  readonly valid: Var<I32>;
  readonly depth: Var<I32>;
}

function packAlong(f: Func, { dtype, size, width, target, source, stride, valid, depth }: Packing): void {
  const last = f.i32(valid.sub(1));
  for (let first = 0; first < width; first += 4) {
    const rows = [0, 1, 2, 3].map((r) => f.i32(source.add(lesser(I32.of(first + r), last).mul(stride))));
    const to = f.i32(target.add(4 * first));
    const whole = f.i32(depth.and(-4));
    f.each(0, whole, 4, () => {
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
    f.each(whole, depth, 1, () => {
      for (const [r, row] of rows.entries()) {
        f.storeF32(to, load1(f, dtype, row), 4 * r);
        row.set(row.add(size));
      }
      to.set(to.add(4 * width));
    });
  }
}

function packAcross(f: Func, { dtype, size, width, target, source, stride, valid, depth }: Packing): void {
  const from = f.i32(source);
  const to = f.i32(target);
  f.if(
    valid.atLeast(width),
    () =>
      f.each(0, depth, 1, () => {
        for (let r = 0; r < width; r += 4) f.storeV128(to, load4(f, dtype, from.add(r * size)), 4 * r);
        from.set(from.add(stride));
        to.set(to.add(4 * width));
      }),
    () =>
      f.each(0, depth, 1, () => {
        f.each(0, valid, 1, (r) => f.storeF32(to.add(r.shl(2)), load1(f, dtype, from.add(r.mul(size)))));
        from.set(from.add(stride));
        to.set(to.add(4 * width));
      }),
  );
}
