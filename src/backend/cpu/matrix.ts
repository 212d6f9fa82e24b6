import { copyRowsSizes } from '../checks/storage';
import {
  extentSizes,
  gatherSizes,
  matmulSizes,
  maxAbsDifferenceSizes,
  unitRowsSizes,
  weightedSumSizes,
} from '../checks/matrix';
import type { GatherOptions, MatmulOptions, Tensor } from '../operations';
import { gemm } from './gemm';
import type { Store } from './storage';

export function copyRows(store: Store, source: Tensor, target: Tensor, rowOffset: number): void {
  store.check(source, target);
  const { columns } = copyRowsSizes(source, target, rowOffset);
  store.target(target).set(store.numbers(source), rowOffset * columns);
}

export function matmul(store: Store, a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  store.check(a, b, options.bias, options.into);
  const { orientation, rows, columns, inner, stride, columnOffset, accumulate } = matmulSizes(a, b, options);
  const result = options.into ?? store.zeros([rows, columns], 'matmul');
  const out = store.target(result);
  if (!accumulate) {
    for (let i = 0; i < rows; i++) {
      const start = i * stride + columnOffset;
      out.fill(0, start, start + columns);
    }
  }
  const left = { values: store.numbers(a), start: 0 };
  const right = { values: store.numbers(b), start: 0 };
  gemm(
    out,
    columnOffset,
    stride,
    orientation === 'tn' ? { ...left, row: 1, column: rows } : { ...left, row: inner, column: 1 },
    orientation === 'nt' ? { ...right, row: inner, column: 1 } : { ...right, row: 1, column: columns },
    rows,
    columns,
    inner,
  );
  if (options.bias) {
    const bias = store.asFloat64(options.bias);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) out[i * stride + columnOffset + j]! += bias[j]!;
    }
  }
  return result;
}

export function weightedSum(store: Store, x: Tensor, alpha: number, y?: Tensor, beta = 1): Tensor {
  store.check(x, y);
  const { count } = weightedSumSizes(x, alpha, y, beta);
  const result = store.zeros(x.shape, 'weightedSum');
  const out = store.target(result);
  const left = store.asFloat64(x);
  if (y) {
    const right = store.asFloat64(y);
    for (let i = 0; i < count; i++) out[i] = alpha * left[i]! + beta * right[i]!;
  } else {
    for (let i = 0; i < count; i++) out[i] = alpha * left[i]!;
  }
  return result;
}

export function gather(store: Store, x: Tensor, index: Tensor, options: GatherOptions = {}): Tensor {
  store.check(x, index, options.into);
  const { axis, offset, rows, columns, count, shape } = gatherSizes(x, index, options);
  const result = options.into ?? store.zeros(shape, 'gather');
  const out = store.target(result);
  const values = store.numbers(x);
  const picks = store.indices(index);
  const size = axis === 0 ? rows : columns;
  for (let r = 0; r < count; r++) {
    const pick = picks[r]! - offset;
    if (pick < 0 || pick >= size) continue;
    if (axis === 0) {
      out.set(values.subarray(pick * columns, (pick + 1) * columns), r * columns);
    } else {
      for (let i = 0; i < rows; i++) out[i * count + r] = values[i * columns + pick]!;
    }
  }
  return result;
}

export function extent(store: Store, x: Tensor): Tensor {
  store.check(x);
  const { count } = extentSizes(x);
  const values = store.numbers(x);
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const result = store.zeros([2], 'extent');
  store.target(result).set([least, most]);
  return result;
}

export function maxAbsDifference(store: Store, x: Tensor, y: Tensor): Tensor {
  store.check(x, y);
  const { count } = maxAbsDifferenceSizes(x, y);
  const left = store.numbers(x);
  const right = store.numbers(y);
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(left[i]! - right[i]!));
  const result = store.zeros([1], 'maxAbsDifference');
  store.target(result)[0] = most;
  return result;
}

export function unitRows(store: Store, x: Tensor): Tensor {
  store.check(x);
  const { rows, width } = unitRowsSizes(x);
  const result = store.zeros(x.shape, 'unit rows');
  const out = store.target(result);
  const values = store.asFloat64(x);
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    for (let k = i * width; k < (i + 1) * width; k++) squares += values[k]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let k = i * width; k < (i + 1) * width; k++) out[k] = values[k]! * scale;
  }
  return result;
}
