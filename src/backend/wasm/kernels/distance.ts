import { V128 } from '../assembler/values';
import { sumF64 } from './elementwise';
import { kernel } from './kernel';
import { HALF, eachLane, narrowed } from './load';

/** Items are rows, of `columns` numbers each. */
export const DISTANCE = {
  unitRows: kernel({ x: 'i32', columns: 'i32', out: 'i32' }, (f, { x, columns, out }, { start, end }) => {
    f.each(start, end, 1, (i) => {
      const offset = f.i32(i.mul(columns).shl(2));
      const row = f.i32(x.add(offset));
      const to = f.i32(out.add(offset));
      // In f64, because squares may leave the range of f32.
      const squares = f.v128(0);
      eachLane(f, columns, ({ load }) => {
        const values = f.v128(load(row));
        for (const half of HALF) {
          const part = f.v128(values[half]());
          squares.set(squares.addF64(part.mulF64(part)));
        }
      });
      const total = f.f64(sumF64(squares));
      const scale = f.f64(0);
      f.if(total.above(0), () => scale.set(total.sqrt()));
      const inverse = f.v128(scale.splat());
      f.if(
        scale.above(0),
        () =>
          eachLane(f, columns, ({ load, store }) => {
            const values = f.v128(load(row));
            store(to, narrowed(f, values.lowToF64().divF64(inverse), values.highToF64().divF64(inverse)));
          }),
        () => eachLane(f, columns, ({ store }) => store(to, V128.of(0))),
      );
    });
  }),

  /** 1 for a row with a number other than 0 (or NaN), 0 for one of zeros. */
  rowFlags: kernel({ x: 'i32', columns: 'i32', out: 'i32' }, (f, { x, columns, out }, { start, end }) => {
    f.each(start, end, 1, (i) => {
      const row = f.i32(x.add(i.mul(columns).shl(2)));
      const most = f.v128(0);
      eachLane(f, columns, ({ load }) => most.set(most.or(load(row).differs(0))));
      f.storeI32(out.add(i.shl(2)), most.any());
    });
  }),

  /** Squared distances to factor · distance, in place; `root` says whether roots are taken. */
  fromSquares: kernel(
    { x: 'i32', columns: 'i32', factor: 'f32', root: 'i32' },
    (f, { x, columns, factor, root }, { start, end }) => {
      const scale = f.v128(factor.splat());
      f.each(start, end, 1, (i) => {
        const row = f.i32(x.add(i.mul(columns).shl(2)));
        f.if(
          root,
          () => eachLane(f, columns, ({ load, store }) => store(row, load(row).sqrt().mul(scale))),
          () => eachLane(f, columns, ({ load, store }) => store(row, load(row).mul(scale))),
        );
      });
    },
  ),

  /** Puts `factor` where one of two rows is of zeros and the other is not. */
  separateZeroRows: kernel(
    { x: 'i32', columns: 'i32', factor: 'f32', rowFlags: 'i32', columnFlags: 'i32' },
    (f, { x, columns, factor, rowFlags, columnFlags }, { start, end }) => {
      f.each(start, end, 1, (i) => {
        const row = f.i32(x.add(i.mul(columns).shl(2)));
        const flag = f.i32(rowFlags.add(i.shl(2)).i32());
        f.each(0, columns, 1, (j) =>
          f.if(columnFlags.add(j.shl(2)).i32().differs(flag), () => f.storeF32(row.add(j.shl(2)), factor)),
        );
      });
    },
  ),
};
