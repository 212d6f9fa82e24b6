import { BackendError } from './errors';
import type { DType, Tensor } from './operations';

export const BYTES: Readonly<Record<DType, number>> = { f32: 4, u32: 4, bf16: 2, f16: 2 };

/** Number of elements of a shape; 1 for a scalar. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Rows and columns of a tensor as a matrix: the last dimension has the columns; a vector is one row. */
export function matrix(tensor: Tensor): readonly [rows: number, columns: number] {
  const columns = tensor.shape.at(-1) ?? 1;
  return [elements(tensor.shape) / columns, columns];
}

/** @throws BackendError that names the operation, the expected and the actual shape. */
export function expectShape(operation: string, tensor: Tensor, shape: readonly number[]): void {
  const same = tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i]);
  if (!same) {
    throw new BackendError(
      `${operation}: expected ${tensor.label} to be [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
    );
  }
}
