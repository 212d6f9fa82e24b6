/**
 * This folder checks the arguments of operations for all backends. `<operation>Sizes` in the files beside returns the sizes that
 * follow from them. All functions are pure and read no values of tensors. They throw a BackendError that names the operation, the
 * tensor, what was expected and what was given.
 */
import { BackendError } from '../errors';
import type { DType, Tensor } from '../operations';
import { elements, expectShape } from '../shape';

export const describe = (tensor: Tensor): string =>
  `${tensor.label} [${tensor.shape.join(', ')}] ${tensor.dtype}`;

export function check(
  condition: boolean,
  operation: string,
  expected: string,
  got: string,
): asserts condition {
  if (!condition) throw new BackendError(`${operation}: expected ${expected}, got ${got}`);
}

export function checkCount(operation: string, name: string, value: number, least = 0): void {
  check(
    Number.isSafeInteger(value) && value >= least,
    operation,
    `${name} to be an integer ≥ ${least}`,
    `${value}`,
  );
}

export function checkFinite(operation: string, name: string, value: number): void {
  check(Number.isFinite(value), operation, `${name} to be finite`, `${value}`);
}

/** Operands may be f32, bf16 or f16. */
export function checkValues(operation: string, ...tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    check(tensor.dtype !== 'u32', operation, `${tensor.label} to hold f32, bf16 or f16`, describe(tensor));
  }
}

export function checkDType(operation: string, tensor: Tensor, dtype: DType): void {
  check(tensor.dtype === dtype, operation, `${tensor.label} to hold ${dtype}`, describe(tensor));
}

/** A tensor that is written must be f32 and not one of the operands. */
export function checkTarget(
  operation: string,
  target: Tensor,
  ...operands: readonly (Tensor | undefined)[]
): void {
  checkDType(operation, target, 'f32');
  check(
    !operands.includes(target),
    operation,
    `a target other than its operands`,
    `${target.label} as both: write to a separate tensor`,
  );
}

/** Returns the number of entries. */
export function checkSameShape(operation: string, x: Tensor, y: Tensor): number {
  checkValues(operation, x, y);
  expectShape(operation, y, x.shape);
  return elements(x.shape);
}
