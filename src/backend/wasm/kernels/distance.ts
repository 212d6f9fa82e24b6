import { V128 } from '../assembler/values';
import { sumF64 } from './elementwise';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector, toF32x4 } from './load';

/** Items are rows, of `columns` numbers each. */
export const DISTANCE = {
  unitRows: kernel({ x: 'i32', columns: 'i32', out: 'i32' }, (f, { x, columns, out }, { start, end }) => {
    f.for(start, end, 1, (i) => {
      const offset = f.i32(i.mul(columns).shl(2));
      const row = f.i32(x.add(offset));
      const to = f.i32(out.add(offset));
      // In f64, because squares may exceed f32.
      const squares = f.v128(0);
      forEachVector(f, columns, ({ load }) => {
        const values = f.v128(load(row));
        for (const half of F64_HALVES) {
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
          forEachVector(f, columns, ({ load, store }) => {
            const values = f.v128(load(row));
            store(to, toF32x4(f, values.lowToF64().divF64(inverse), values.highToF64().divF64(inverse)));
          }),
        () => forEachVector(f, columns, ({ store }) => store(to, V128.of(0))),
      );
    });
  }),

  /** Writes 0 for a row of zeros, else a number other than 0. */
  rowFlags: kernel({ x: 'i32', columns: 'i32', out: 'i32' }, (f, { x, columns, out }, { start, end }) => {
    f.for(start, end, 1, (i) => {
      const row = f.i32(x.add(i.mul(columns).shl(2)));
      const nonZero = f.v128(0);
      forEachVector(f, columns, ({ load }) => nonZero.set(nonZero.or(load(row).differs(0))));
      f.storeI32(out.add(i.shl(2)), nonZero.anyTrue());
    });
  }),

  /** Writes `factor` where one of the two rows is all zeros and the other is not. */
  separateZeroRows: kernel(
    { x: 'i32', columns: 'i32', factor: 'f32', rowFlags: 'i32', columnFlags: 'i32' },
    (f, { x, columns, factor, rowFlags, columnFlags }, { start, end }) => {
      f.for(start, end, 1, (i) => {
        const row = f.i32(x.add(i.mul(columns).shl(2)));
        const flag = f.i32(rowFlags.add(i.shl(2)).i32());
        f.for(0, columns, 1, (j) =>
          f.if(columnFlags.add(j.shl(2)).i32().differs(flag), () => f.storeF32(row.add(j.shl(2)), factor)),
        );
      });
    },
  ),
};
