/**
 * What every backend asks of the arguments of an operation, and the sizes that follow from them. All functions are pure
 * and throw BackendError naming the operation, the tensor, what was expected and what came.
 *
 * Operands marked "values" may be f32, bf16 or f16; tensors that are written are f32 and none of the operands. No value of a
 * tensor is looked at here.
 */
import { BackendError } from '../errors';
import type { DType, Tensor } from '../operations';
import { elements, expectShape } from '../shape';

export const shown = (tensor: Tensor): string =>
  `${tensor.label} [${tensor.shape.join(', ')}] ${tensor.dtype}`;

export function demand(
  condition: boolean,
  operation: string,
  expected: string,
  got: string,
): asserts condition {
  if (!condition) throw new BackendError(`${operation}: expected ${expected}, got ${got}`);
}

export function count(operation: string, name: string, value: number, least = 0): void {
  demand(
    Number.isSafeInteger(value) && value >= least,
    operation,
    `${name} to be an integer ≥ ${least}`,
    `${value}`,
  );
}

export function finite(operation: string, name: string, value: number): void {
  demand(Number.isFinite(value), operation, `${name} to be finite`, `${value}`);
}

export function values(operation: string, ...tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    demand(tensor.dtype !== 'u32', operation, `${tensor.label} to hold f32, bf16 or f16`, shown(tensor));
  }
}

export function ofType(operation: string, tensor: Tensor, dtype: DType): void {
  demand(tensor.dtype === dtype, operation, `${tensor.label} to hold ${dtype}`, shown(tensor));
}

export function written(
  operation: string,
  target: Tensor,
  ...operands: readonly (Tensor | undefined)[]
): void {
  ofType(operation, target, 'f32');
  demand(
    !operands.includes(target),
    operation,
    `a target other than its operands`,
    `${target.label} as both: write to a separate tensor`,
  );
}

export function sameShape(operation: string, x: Tensor, y: Tensor): number {
  values(operation, x, y);
  expectShape(operation, y, x.shape);
  return elements(x.shape);
}
