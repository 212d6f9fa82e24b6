import type { Func, Var } from '../assembler/func';
import { type F64, type I32, V128 } from '../assembler/values';
import { sumF64 } from './elementwise';
import { kernel } from './kernel';
import { F64_HALVES, forEachVector } from './load';
import { expF64, logF64 } from './math-f64';

/** Limit for exponents of column sums: those of a start far from any plan may exceed f32, and the error must be huge, not infinite. */
const LARGEST_EXPONENT = 60;

/** Parameters of a half-step in a kernel, and their values. */
interface PotentialStep {
  readonly logMarginal: Var<F64>;
  /** Damping times ε. */
  readonly scale: Var<F64>;
  /** 0: the new potential does not depend on the old one. */
  readonly relaxed: Var<I32>;
  readonly relaxation: Var<F64>;
}

/** The next values of two potentials from the log-sum-exp of their rows or columns. */
export function moved(f: Func, step: PotentialStep, old: V128, logSum: V128): Var<V128> {
  const next = f.v128(step.logMarginal.splat().subF64(logSum).mulF64(step.scale.splat()));
  f.if(step.relaxed, () => next.set(old.addF64(next.subF64(old).mulF64(step.relaxation.splat()))));
  return next;
}

export const STEP = { logMarginal: 'f64', scale: 'f64', relaxed: 'i32', relaxation: 'f64' } as const;

export const COLUMN_STEP = {
  /**
   * Items are columns. From `state`, writes the next g to `next` and the sum of |Σ_i T_ij − b| over each range of `grain` columns to
   * `errors`, both in f64.
   */
  columnStep: kernel(
    {
      state: 'i32',
      columns: 'i32',
      g: 'i32',
      inverse: 'f64',
      marginal: 'f64',
      ...STEP,
      grain: 'i32',
      next: 'i32',
      errors: 'i32',
    },
    (f, p, { start, end }) => {
      const scale = f.v128(p.inverse.splat());
      const marginal = f.v128(p.marginal.splat());
      const maxima = f.i32(p.state.add(start.shl(2)));
      const sums = f.i32(maxima.add(p.columns.shl(2)));
      for (const at of [p.g, p.next]) at.set(at.add(start.shl(3)));
      const error = f.v128(0);
      forEachVector(f, f.i32(end.sub(start)), ({ load, loadF64, maskTail, offset }) => {
        const references = f.v128(load(maxima));
        const values = f.v128(load(sums, 1));
        const inside = f.v128(maskTail(V128.ofI32(-1)));
        const to = f.i32(p.next.add(offset.shl(1)));
        for (const [half, name] of F64_HALVES.entries()) {
          const old = f.v128(loadF64(p.g)[half] ?? V128.of(0));
          const logSum = f.v128(references[name]().addF64(logF64(f, values[name]())));
          const mass = expF64(f, old.mulF64(scale).addF64(logSum).minF64(LARGEST_EXPONENT));
          const mask = inside.shuffle(inside, half === 0 ? [0, 0, 1, 1] : [2, 2, 3, 3]);
          error.set(error.addF64(mass.subF64(marginal).absF64().and(mask)));
          f.storeV128(to, moved(f, p, old, logSum), 16 * half);
        }
      });
      f.storeF64(p.errors.add(start.div(p.grain).shl(3)), sumF64(error));
    },
  ),
};
