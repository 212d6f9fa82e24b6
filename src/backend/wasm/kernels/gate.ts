import { GELU_CUBE, GELU_SLOPE } from '../../gelu';
import type { Activation } from '../../operations';
import type { Func, Var } from '../assembler/func';
import type { V128 } from '../assembler/values';

/** Both gate functions are x·σ(a(x)): returns a(x) as `argument` and x·a′(x) as `rise`. */
export function gateArgument(
  f: Func,
  activation: Activation,
  x: Var<V128>,
): { readonly argument: V128; readonly rise: V128 } {
  if (activation === 'silu') return { argument: x, rise: x };
  const square = f.v128(x.mul(x));
  const slope = f.constant(GELU_SLOPE);
  return {
    argument: x.mul(f.multiplyAdd(square, GELU_CUBE, slope)),
    rise: x.mul(f.multiplyAdd(square, 3 * GELU_CUBE, slope)),
  };
}
