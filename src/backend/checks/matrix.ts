import type { DistanceOptions, GatherOptions, MatmulOptions, Metric, Tensor } from '../operations';
import { elements, expectShape, matrix } from '../shape';
import {
  check,
  checkCount,
  checkDType,
  checkFinite,
  checkSameShape,
  checkTarget,
  checkValues,
  describe,
} from './check';

export interface MatmulSizes {
  readonly orientation: 'nn' | 'nt' | 'tn';
  /** Shape of the product. */
  readonly rows: number;
  readonly columns: number;
  /** Number of terms in each sum. */
  readonly inner: number;
  /** Entries from one row of the target to the next. */
  readonly stride: number;
  readonly columnOffset: number;
  readonly accumulate: boolean;
}

export function matmulSizes(a: Tensor, b: Tensor, options: MatmulOptions = {}): MatmulSizes {
  const { orientation = 'nn', bias, into, columnOffset = 0, accumulate = false } = options;
  checkValues('matmul', a, b);
  const [aRows, aColumns] = matrix(a);
  const [bRows, bColumns] = matrix(b);
  const [rows, inner] = orientation === 'tn' ? [aColumns, aRows] : [aRows, aColumns];
  const [columns, bInner] = orientation === 'nt' ? [bRows, bColumns] : [bColumns, bRows];
  check(
    inner === bInner,
    `matmul ${orientation}`,
    'inner sizes to agree',
    `${describe(a)} and ${describe(b)}`,
  );
  if (bias) {
    checkValues('matmul', bias);
    check(elements(bias.shape) === columns, 'matmul', `a bias of ${columns} entries`, describe(bias));
  }
  checkCount('matmul', 'columnOffset', columnOffset);
  let stride = columns;
  if (into) {
    checkTarget('matmul', into, a, b, bias);
    const [intoRows, intoColumns] = matrix(into);
    check(
      intoRows === rows && columnOffset + columns <= intoColumns,
      'matmul',
      `a target of ${rows} rows and at least ${columnOffset + columns} columns`,
      describe(into),
    );
    stride = intoColumns;
  } else {
    check(columnOffset === 0 && !accumulate, 'matmul', '`into` with columnOffset or accumulate', 'neither');
  }
  return { orientation, rows, columns, inner, stride, columnOffset, accumulate };
}

export function weightedSumSizes(x: Tensor, alpha: number, y?: Tensor, beta = 1): { count: number } {
  checkFinite('weightedSum', 'alpha', alpha);
  checkFinite('weightedSum', 'beta', beta);
  checkValues('weightedSum', x);
  return { count: y ? checkSameShape('weightedSum', x, y) : elements(x.shape) };
}

export interface GatherSizes {
  readonly axis: 0 | 1;
  readonly offset: number;
  /** Shape of `x`; a vector counts as a matrix with one column. */
  readonly rows: number;
  readonly columns: number;
  /** Number of indices. */
  readonly count: number;
  /** Shape of the result. */
  readonly shape: readonly number[];
}

export function gatherSizes(x: Tensor, index: Tensor, options: GatherOptions = {}): GatherSizes {
  const { axis = 0, offset = 0, into } = options;
  checkValues('gather', x);
  checkDType('gather', index, 'u32');
  checkCount('gather', 'offset', offset);
  const rank = x.shape.length;
  check(
    rank === 2 || (rank === 1 && axis === 0),
    'gather',
    'a matrix, or a vector along axis 0',
    describe(x),
  );
  const [rows = 1, columns = 1] = x.shape;
  const picked = elements(index.shape);
  const shape = rank === 1 ? [picked] : axis === 0 ? [picked, columns] : [rows, picked];
  if (into) {
    checkTarget('gather', into, x, index);
    expectShape('gather', into, shape);
  }
  return { axis, offset, rows, columns, count: picked, shape };
}

export function extentSizes(x: Tensor): { count: number } {
  checkValues('extent', x);
  return { count: elements(x.shape) };
}

export const maxAbsDifferenceSizes = (x: Tensor, y: Tensor): { count: number } => ({
  count: checkSameShape('maxAbsDifference', x, y),
});

export function unitRowsSizes(x: Tensor): { rows: number; width: number } {
  checkValues('unitRows', x);
  const [rows, width] = matrix(x);
  return { rows, width };
}

/** Returns `columns`, the number of rows of `b`, and `inner`, the length of the rows of both. */
export function pairwiseDistanceSizes(
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
  options: DistanceOptions = {},
): { rows: number; columns: number; inner: number; metric: Metric; factor: number } {
  const operation = 'pairwiseDistance';
  checkValues(operation, a, b);
  const [aRows, inner] = matrix(a);
  const [columns, bInner] = matrix(b);
  check(inner === bInner, operation, 'rows of equal length', `${describe(a)} and ${describe(b)}`);
  checkCount(operation, 'rowStart', rowStart);
  checkCount(operation, 'rows', rows, 1);
  check(rowStart + rows <= aRows, operation, `rows ${rowStart} … ${rowStart + rows} to exist`, describe(a));
  if (into) {
    checkTarget(operation, into, a, b);
    const [intoRows, intoColumns] = matrix(into);
    const fits = intoRows >= rows && intoColumns === columns;
    check(fits, operation, `a target of at least ${rows} rows of ${columns}`, describe(into));
  }
  const { metric = 'euclidean', factor = 1 } = options;
  checkFinite(operation, 'factor', factor);
  return { rows, columns, inner, metric, factor };
}
