import { GELU_CUBE, GELU_SLOPE } from '../gelu';
import type { Activation } from '../operations';

/** Both gate functions are x·σ(a(x)): returns a. */
export const gateArgument = (activation: Activation): ((x: number) => number) =>
  activation === 'silu' ? (x) => x : (x) => x * (GELU_SLOPE + GELU_CUBE * x * x);

/** Returns the derivative of `gateArgument`. */
export const gateArgumentSlope = (activation: Activation): ((x: number) => number) =>
  activation === 'silu' ? () => 1 : (x) => GELU_SLOPE + 3 * GELU_CUBE * x * x;
