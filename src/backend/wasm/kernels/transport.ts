import { V128 } from '../assembler/values';
import { ROW_MOMENT } from '../../operations';
import { sumF64 } from './elementwise';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector, toF32x4 } from './load';
import { exp } from './math';

/**
 * Exponents are computed in f64, because costs and potentials are large compared with ε and their difference is not. Items are rows of
 * `columns` numbers unless noted.
 */
export const TRANSPORT = {
  rowMoments: kernel(
    { cost: 'i32', columns: 'i32', out: 'i32' },
    (f, { cost, columns, out }, { start, end }) => {
      f.for(start, end, 1, (i) => {
        const row = f.i32(cost.add(i.mul(columns).shl(2)));
        const sum = f.v128(0);
        forEachVector(f, columns, ({ load }) => {
          const values = f.v128(load(row));
          for (const half of F64_HALVES) sum.set(sum.addF64(values[half]()));
        });
        const mean = f.f64(sumF64(sum).div(columns.toF64()));
        const centre = f.v128(mean.splat());
        const fill = f.v128(mean.toF32().splat());
        const squares = f.v128(0);
        forEachVector(f, columns, ({ load }) => {
          const values = f.v128(load(row, fill));
          for (const half of F64_HALVES) {
            const deviation = f.v128(values[half]().subF64(centre));
            squares.set(squares.addF64(deviation.mulF64(deviation)));
          }
        });
        const to = f.i32(out.add(i.shl(3)));
        f.storeF32(to, mean.toF32(), 4 * ROW_MOMENT.mean);
        f.storeF32(to, sumF64(squares).toF32(), 4 * ROW_MOMENT.squares);
      });
    },
  ),

  /**
   * Writes per row, as two f64, the largest g_j − M_ij and Σ_j exp((g_j − M_ij − largest)/ε). `potentialF32` is g in f32.
   */
  rowLogSum: kernel(
    { cost: 'i32', columns: 'i32', g: 'i32', potentialF32: 'i32', inverse: 'f64', out: 'i32' },
    (f, { cost, columns, g, potentialF32, inverse, out }, { start, end }) => {
      const scale = f.v128(inverse.splat());
      f.for(start, end, 1, (i) => {
        const row = f.i32(cost.add(i.mul(columns).shl(2)));
        const maximum = f.v128(-Infinity);
        forEachVector(f, columns, ({ load }) =>
          maximum.set(maximum.pmax(load(potentialF32, -Infinity).sub(load(row)))),
        );
        const largest = f.f64(f.f32(maximum.reduceMax()).toF64());
        const shift = f.v128(largest.splat());
        const sum = f.v128(0);
        forEachVector(f, columns, ({ load, loadF64 }) => {
          const values = f.v128(load(row, Infinity));
          const [low, high] = loadF64(g);
          const weights = exp(
            f,
            toF32x4(
              f,
              low.subF64(values.lowToF64()).subF64(shift).mulF64(scale),
              high.subF64(values.highToF64()).subF64(shift).mulF64(scale),
            ),
          );
          for (const half of F64_HALVES) sum.set(sum.addF64(weights[half]()));
        });
        const to = f.i32(out.add(i.shl(4)));
        f.storeF64(to, largest);
        f.storeF64(to, sumF64(sum), 8);
      });
    },
  ),

  /**
   * Items are columns, in ranges that start at multiples of 4. `state` has `columns` maxima, then as many sums. `potentialF32` is f in
   * f32. It sums `ROWS_SUMMED` rows at a time, then adds these sums.
   */
  columnLogSum: kernel(
    {
      cost: 'i32',
      rows: 'i32',
      columns: 'i32',
      f: 'i32',
      potentialF32: 'i32',
      inverse: 'f64',
      state: 'i32',
      first: 'i32',
    },
    (f, p, { start, end, scratch }) => {
      const scale = f.v128(p.inverse.splat());
      const maximum = f.i32(p.state.add(start.shl(2)));
      const sums = f.i32(maximum.add(p.columns.shl(2)));
      const count = f.i32(end.sub(start));
      const cost = f.i32(p.cost.add(start.shl(2)));
      const stride = f.i32(p.columns.shl(2));
      f.if(p.first, () =>
        forEachVector(f, count, ({ store }) => {
          store(maximum, V128.of(-Infinity));
          store(sums, V128.of(0));
        }),
      );
      const before = f.i32(scratch);
      forEachVector(f, count, ({ load, store }) => store(before, load(maximum)));
      const row = f.i32(cost);
      f.for(0, p.rows, 1, (i) => {
        const value = f.v128(p.potentialF32.add(i.shl(2)).splatF32());
        const factor = f.v128(p.inverse.toF32().splat());
        forEachVector(f, count, ({ load, store }) =>
          store(maximum, f.v128(load(maximum)).pmax(value.sub(load(row)).mul(factor))),
        );
        row.set(row.add(stride));
      });
      forEachVector(f, count, ({ load, store }) =>
        store(sums, load(sums).mul(exp(f, load(before).sub(load(maximum))))),
      );
      row.set(cost);
      const part = f.i32(scratch);
      f.for(0, p.rows, ROWS_SUMMED, (block) => {
        forEachVector(f, count, ({ store }) => store(part, V128.of(0)));
        f.for(block, f.i32(block.add(ROWS_SUMMED).min(p.rows)), 1, (i) => {
          const value = f.v128(p.f.add(i.shl(3)).f64().splat());
          forEachVector(f, count, ({ load, store }) => {
            const values = f.v128(load(row));
            const largest = f.v128(load(maximum));
            const exponents = toF32x4(
              f,
              value.subF64(values.lowToF64()).mulF64(scale).subF64(largest.lowToF64()),
              value.subF64(values.highToF64()).mulF64(scale).subF64(largest.highToF64()),
            );
            store(part, load(part).add(exp(f, exponents)));
          });
          row.set(row.add(stride));
        });
        forEachVector(f, count, ({ load, store }) => store(sums, load(sums).add(load(part))));
      });
    },
  ),
};

const ROWS_SUMMED = 64;
