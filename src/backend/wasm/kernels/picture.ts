import { kernel } from './kernel';
import { forEachVector } from './load';
import { exp } from './math';

/** Items are rows of pixels. Scratch memory has one row of the window. */
export const picture = kernel(
  {
    cost: 'i32',
    columns: 'i32',
    /** Rows of the window that are in the band, and the row at address `cost`. */
    from: 'i32',
    to: 'i32',
    shift: 'i32',
    /** Addresses for the window's first row and column; 0 for a picture of the cost. */
    f: 'i32',
    g: 'i32',
    epsilon: 'f32',
    windowRows: 'i32',
    windowColumns: 'i32',
    height: 'i32',
    width: 'i32',
    out: 'i32',
  },
  (f, p, { start, end, scratch }) => {
    f.for(start, end, 1, (y) => {
      const top = f.i32(y.mul(p.windowRows).div(p.height));
      const bottom = f.i32(y.add(1).mul(p.windowRows).add(p.height).sub(1).div(p.height));
      const last = f.i32(bottom.min(p.to));
      f.for(p.from.max(top), last, 1, (r) => {
        const row = f.i32(p.cost.add(r.sub(p.shift).mul(p.columns).shl(2)));
        const entries = f.i32(row);
        f.if(p.f, () => {
          entries.set(scratch);
          const value = f.v128(p.f.add(r.shl(2)).splatF32());
          forEachVector(f, p.windowColumns, ({ load, store }) =>
            store(scratch, exp(f, value.add(load(p.g)).sub(load(row)).div(p.epsilon.splat()))),
          );
        });
        const pixel = f.i32(p.out.add(y.mul(p.width).shl(3)));
        f.for(0, p.width, 1, (x) => {
          const left = f.i32(x.mul(p.windowColumns).div(p.width));
          const right = f.i32(x.add(1).mul(p.windowColumns).add(p.width).sub(1).div(p.width));
          const maximum = f.f32(0);
          const sum = f.f32(0);
          f.for(left, right, 1, (j) => {
            const entry = f.f32(entries.add(j.shl(2)).f32());
            maximum.set(maximum.max(entry));
            sum.set(sum.add(entry));
          });
          const area = bottom.sub(top).mul(right.sub(left)).toF32();
          f.storeF32(pixel, pixel.f32().max(maximum));
          f.storeF32(pixel, pixel.f32(4).add(sum.div(area)), 4);
          pixel.set(pixel.add(8));
        });
      });
    });
  },
);
