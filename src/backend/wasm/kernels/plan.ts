import { PLAN_ROW, PLAN_ROW_WIDTH } from '../../operations';
import { sumF64 } from './elementwise';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector, toF32x4 } from './load';
import { exp, log } from './math';

/** Items are rows, of `columns` numbers each. */
export const PLAN = {
  planRows: kernel(
    {
      cost: 'i32',
      ground: 'i32',
      columns: 'i32',
      f: 'i32',
      g: 'i32',
      potentialF32: 'i32',
      inverse: 'f64',
      out: 'i32',
    },
    (f, p, { start, end }) => {
      const { columns, g, potentialF32 } = p;
      const scale = f.v128(p.inverse.splat());
      f.for(start, end, 1, (i) => {
        const offset = f.i32(i.mul(columns).shl(2));
        const row = f.i32(p.cost.add(offset));
        const groundRow = f.i32(p.ground.add(offset));
        const maximum = f.v128(-Infinity);
        forEachVector(f, columns, ({ load }) =>
          maximum.set(maximum.pmax(load(potentialF32, -Infinity).sub(load(row)))),
        );
        const largest = f.f32(maximum.reduceMax());
        const argmax = f.i32(0);
        f.while(
          argmax.below(columns).and(
            potentialF32
              .add(argmax.shl(2))
              .f32()
              .sub(row.add(argmax.shl(2)).f32())
              .differs(largest),
          ),
          () => argmax.set(argmax.add(1)),
        );
        // With w_j = exp((score_j − maximum)/ε), entropy is log Σw − Σ w·log w / Σw, independent of the row's mass.
        const shift = f.v128(largest.toF64().splat());
        const [sum, entropySum, costSum] = [f.v128(0), f.v128(0), f.v128(0)];
        forEachVector(f, columns, ({ load, loadF64 }) => {
          const values = f.v128(load(row, Infinity));
          const [low, high] = loadF64(g);
          const exponents = toF32x4(
            f,
            low.subF64(values.lowToF64()).subF64(shift).mulF64(scale),
            high.subF64(values.highToF64()).subF64(shift).mulF64(scale),
          );
          const weights = exp(f, exponents);
          const entropies = f.v128(weights.mul(exponents).and(weights.differs(0)));
          const costs = f.v128(weights.mul(load(groundRow)));
          for (const half of F64_HALVES) {
            sum.set(sum.addF64(weights[half]()));
            entropySum.set(entropySum.addF64(entropies[half]()));
            costSum.set(costSum.addF64(costs[half]()));
          }
        });
        const total = f.f64(sumF64(sum));
        const exponent = f.f64(p.f.add(i.shl(3)).f64().add(largest.toF64()).mul(p.inverse));
        const mass = f.f64(exp(f, exponent.toF32().splat()).lane(0).toF64());
        const to = f.i32(p.out.add(i.mul(4 * PLAN_ROW_WIDTH)));
        f.storeF32(to, mass.mul(total).toF32(), 4 * PLAN_ROW.mass);
        const logSum = log(f, total.toF32().splat()).lane(0);
        f.storeF32(to, logSum.sub(sumF64(entropySum).div(total).toF32()), 4 * PLAN_ROW.entropy);
        f.storeF32(to, mass.mul(sumF64(costSum)).toF32(), 4 * PLAN_ROW.cost);
        f.storeF32(to, argmax.toF32(), 4 * PLAN_ROW.argmax);
        f.storeF32(to, exponent.toF32(), 4 * PLAN_ROW.peak);
      });
    },
  ),

  /** Writes the entries T_ij of whole rows of the plan. */
  plan: kernel(
    { cost: 'i32', columns: 'i32', f: 'i32', g: 'i32', inverse: 'f64', out: 'i32' },
    (f, p, { start, end }) => {
      const scale = f.v128(p.inverse.splat());
      f.for(start, end, 1, (i) => {
        const offset = f.i32(i.mul(p.columns).shl(2));
        const row = f.i32(p.cost.add(offset));
        const to = f.i32(p.out.add(offset));
        const value = f.v128(p.f.add(i.shl(3)).f64().splat());
        forEachVector(f, p.columns, ({ load, store, loadF64 }) => {
          const values = f.v128(load(row));
          const [low, high] = loadF64(p.g);
          const exponents = toF32x4(
            f,
            value.addF64(low).subF64(values.lowToF64()).mulF64(scale),
            value.addF64(high).subF64(values.highToF64()).mulF64(scale),
          );
          store(to, exp(f, exponents));
        });
      });
    },
  ),
};
