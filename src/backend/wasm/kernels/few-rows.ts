import { kernel } from './kernel';
import { type FloatDType, load1, load4 } from './load';
import { ELEMENT_BYTES } from './pack';

/** Up to this number of rows, packing the columns costs more than it saves. */
export const FEW_ROWS = 3;

/**
 * Multiplies a few f32 rows by columns with adjacent numbers. It reads every number of the right factor once, unpacked while
 * loading. Items are columns.
 */
export const multiplyFew = (dtype: FloatDType) =>
  kernel(
    {
      a: 'i32',
      b: 'i32',
      rows: 'i32',
      depth: 'i32',
      out: 'i32',
      /** Bytes between rows of the result. */
      outStride: 'i32',
      add: 'i32',
      scale: 'f32',
    },
    (f, { a, b, rows, depth, out, outStride, add, scale }, { start, end }) => {
      const size = ELEMENT_BYTES[dtype];
      const whole = f.i32(depth.and(-16));
      f.for(start, end, 1, (j) => {
        const column = f.i32(b.add(j.mul(depth).mul(size)));
        const row = f.i32(a);
        const to = f.i32(out.add(j.shl(2)));
        f.for(0, rows, 1, () => {
          const from = f.i32(column);
          const sums = [f.v128(0), f.v128(0), f.v128(0), f.v128(0)] as const;
          f.for(0, whole, 16, () => {
            for (const [i, sum] of sums.entries()) {
              sum.set(f.multiplyAdd(row.v128(16 * i), load4(f, dtype, from.add(4 * i * size)), sum));
            }
            row.set(row.add(64));
            from.set(from.add(16 * size));
          });
          const total = f.f32(f.v128(sums[0].add(sums[1]).add(sums[2].add(sums[3]))).reduceSum());
          f.for(whole, depth, 1, () => {
            total.set(total.add(row.f32().mul(load1(f, dtype, from))));
            row.set(row.add(4));
            from.set(from.add(size));
          });
          const old = f.f32(0);
          f.if(add, () => old.set(to.f32()));
          f.storeF32(to, old.add(total.mul(scale)));
          to.set(to.add(outStride));
        });
      });
    },
  );

/**
 * Multiplies a few f32 rows by an f32 matrix whose rows, one for each summed number, are adjacent. It reads the matrix once for each
 * row, in memory order. Items are columns, in ranges that start and end at multiples of 4.
 */
export const multiplyFewRows = kernel(
  {
    a: 'i32',
    aStride: 'i32',
    b: 'i32',
    /** Bytes between rows of the matrix. */
    bStride: 'i32',
    rows: 'i32',
    depth: 'i32',
    out: 'i32',
    outStride: 'i32',
    add: 'i32',
    scale: 'f32',
  },
  (f, { a, aStride, b, bStride, rows, depth, out, outStride, add, scale }, { start, end }) => {
    const bytes = f.i32(end.sub(start).shl(2));
    const whole = f.i32(depth.and(-4));
    const [left, to] = [f.i32(a), f.i32(out.add(start.shl(2)))];
    f.for(0, rows, 1, () => {
      f.if(add.equals(0), () => f.for(0, bytes, 16, (c) => f.storeV128(to.add(c), f.v128(0))));
      const from = f.i32(b.add(start.shl(2)));
      const x = f.i32(left);
      f.for(0, whole, 4, () => {
        const values = [0, 1, 2, 3].map((i) =>
          f.v128(
            x
              .f32(4 * i)
              .mul(scale)
              .splat(),
          ),
        );
        const lines = [f.i32(from)];
        for (let i = 1; i < 4; i++) lines.push(f.i32((lines[i - 1] ?? from).add(bStride)));
        f.for(0, bytes, 16, (c) => {
          const sum = f.v128(0);
          for (const [i, line] of lines.entries()) {
            const value = values[i];
            if (value) sum.set(f.multiplyAdd(value, line.add(c).v128(), sum));
          }
          f.storeV128(to.add(c), to.add(c).v128().add(sum));
        });
        x.set(x.add(16));
        from.set(from.add(bStride.shl(2)));
      });
      f.for(whole, depth, 1, () => {
        const value = f.v128(x.f32().mul(scale).splat());
        f.for(0, bytes, 16, (c) =>
          f.storeV128(to.add(c), f.multiplyAdd(value, from.add(c).v128(), to.add(c).v128())),
        );
        x.set(x.add(4));
        from.set(from.add(bStride));
      });
      left.set(left.add(aStride));
      to.set(to.add(outStride));
    });
  },
);
