import { kernel } from './kernel';
import { type FloatDType, load1, load4 } from './load';
import { ELEMENT_BYTES } from './pack';

/** Items are the picked rows. */
const gatherRows = (dtype: FloatDType) =>
  kernel(
    { x: 'i32', index: 'i32', offset: 'i32', rows: 'i32', columns: 'i32', out: 'i32' },
    (f, { x, index, offset, rows, columns, out }, { start, end }) => {
      const size = ELEMENT_BYTES[dtype];
      const whole = f.i32(columns.and(-4));
      f.for(start, end, 1, (r) => {
        const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
        f.if(pick.below(rows), () => {
          const from = f.i32(x.add(pick.mul(columns).mul(size)));
          const to = f.i32(out.add(r.mul(columns).shl(2)));
          f.for(0, whole, 4, (j) => f.storeV128(to.add(j.shl(2)), load4(f, dtype, from.add(j.mul(size)))));
          f.for(whole, columns, 1, (j) =>
            f.storeF32(to.add(j.shl(2)), load1(f, dtype, from.add(j.mul(size)))),
          );
        });
      });
    },
  );

/** Where an index is out of range, the output stays as it is. */
export const GATHER = {
  gatherRowsF32: gatherRows('f32'),
  gatherRowsBf16: gatherRows('bf16'),
  gatherRowsF16: gatherRows('f16'),

  gatherColumns: kernel(
    { x: 'i32', columns: 'i32', index: 'i32', offset: 'i32', count: 'i32', out: 'i32' },
    (f, { x, columns, index, offset, count, out }, { start, end }) => {
      f.for(start, end, 1, (i) => {
        const row = f.i32(x.add(i.mul(columns).shl(2)));
        const to = f.i32(out.add(i.mul(count).shl(2)));
        f.for(0, count, 1, (r) => {
          const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
          f.if(pick.below(columns), () => f.storeF32(to.add(r.shl(2)), row.add(pick.shl(2)).f32()));
        });
      });
    },
  ),
};
