import type { DType, Tensor, TensorData } from '../operations';
import { BYTES, elements, matrix } from '../shape';
import { check, checkCount, checkDType, checkTarget, describe } from './check';

/** Returns the entries and bytes of a new tensor. Every size of its shape must be at least 1. */
export function newTensorSizes(
  shape: readonly number[],
  dtype: DType,
  label: string,
  maxTensorBytes: number,
): { count: number; bytes: number } {
  for (const size of shape) checkCount(label, 'every size of the shape', size, 1);
  const total = elements(shape);
  const bytes = total * BYTES[dtype];
  check(
    bytes <= maxTensorBytes,
    label,
    `at most ${maxTensorBytes} bytes in one tensor (the device's limit)`,
    `[${shape.join(', ')}] ${dtype}, ${bytes} bytes: process it in bands of rows`,
  );
  return { count: total, bytes };
}

export function uploadSizes(
  data: TensorData,
  shape: readonly number[],
  dtype: DType,
  label: string,
  maxTensorBytes: number,
): { count: number; bytes: number } {
  const sizes = newTensorSizes(shape, dtype, label, maxTensorBytes);
  const typed =
    data instanceof Uint8Array || (data instanceof Float32Array ? dtype === 'f32' : dtype === 'u32');
  check(typed, label, `values or bytes of ${dtype}`, data.constructor.name);
  check(
    data.byteLength === sizes.bytes,
    label,
    `${sizes.bytes} bytes for [${shape.join(', ')}] ${dtype}`,
    `${data.byteLength}`,
  );
  return sizes;
}

export function writeSizes(tensor: Tensor, data: Float32Array | Uint32Array): { count: number } {
  const dtype = data instanceof Float32Array ? 'f32' : 'u32';
  checkDType('write', tensor, dtype);
  const total = elements(tensor.shape);
  check(data.length === total, 'write', `${total} values for ${describe(tensor)}`, `${data.length}`);
  return { count: total };
}

export function copyRowsSizes(
  source: Tensor,
  target: Tensor,
  rowOffset: number,
): { rows: number; columns: number } {
  checkDType('copyRows', source, 'f32');
  checkTarget('copyRows', target, source);
  checkCount('copyRows', 'rowOffset', rowOffset);
  const [rows, columns] = matrix(source);
  const [targetRows, targetColumns] = matrix(target);
  check(
    columns === targetColumns && rowOffset + rows <= targetRows,
    'copyRows',
    `rows ${rowOffset} … ${rowOffset + rows} of width ${columns} to fit in the target`,
    describe(target),
  );
  return { rows, columns };
}
