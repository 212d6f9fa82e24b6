import type { DistanceOptions, GatherOptions, MatmulOptions, Metric, Tensor } from '../operations';
import { elements, expectShape, matrix } from '../shape';
import { count, demand, finite, ofType, sameShape, shown, values, written } from './demand';

export interface MatmulSizes {
  readonly orientation: 'nn' | 'nt' | 'tn';
  /** Of the product. */
  readonly rows: number;
  readonly columns: number;
  /** Length of the sums. */
  readonly inner: number;
  /** Entries from one row of the target to the next, and the first column that is written. */
  readonly stride: number;
  readonly columnOffset: number;
  readonly accumulate: boolean;
}

export function matmulSizes(a: Tensor, b: Tensor, options: MatmulOptions = {}): MatmulSizes {
  const { orientation = 'nn', bias, into, columnOffset = 0, accumulate = false } = options;
  values('matmul', a, b);
  const [aRows, aColumns] = matrix(a);
  const [bRows, bColumns] = matrix(b);
  const [rows, inner] = orientation === 'tn' ? [aColumns, aRows] : [aRows, aColumns];
  const [columns, bInner] = orientation === 'nt' ? [bRows, bColumns] : [bColumns, bRows];
  demand(inner === bInner, `matmul ${orientation}`, 'inner sizes to agree', `${shown(a)} and ${shown(b)}`);
  if (bias) {
    values('matmul', bias);
    demand(elements(bias.shape) === columns, 'matmul', `a bias of ${columns} entries`, shown(bias));
  }
  count('matmul', 'columnOffset', columnOffset);
  let stride = columns;
  if (into) {
    written('matmul', into, a, b, bias);
    const [intoRows, intoColumns] = matrix(into);
    demand(
      intoRows === rows && columnOffset + columns <= intoColumns,
      'matmul',
      `a target of ${rows} rows and at least ${columnOffset + columns} columns`,
      shown(into),
    );
    stride = intoColumns;
  } else {
    demand(columnOffset === 0 && !accumulate, 'matmul', '`into` with columnOffset or accumulate', 'neither');
  }
  return { orientation, rows, columns, inner, stride, columnOffset, accumulate };
}

export function weightedSumSizes(x: Tensor, alpha: number, y?: Tensor, beta = 1): { count: number } {
  finite('weightedSum', 'alpha', alpha);
  finite('weightedSum', 'beta', beta);
  values('weightedSum', x);
  return { count: y ? sameShape('weightedSum', x, y) : elements(x.shape) };
}

export interface GatherSizes {
  readonly axis: 0 | 1;
  readonly offset: number;
  /** Of `x`; a vector gathered along axis 0 is a matrix of one column. */
  readonly rows: number;
  readonly columns: number;
  /** Number of indices. */
  readonly count: number;
  /** Shape of the result. */
  readonly shape: readonly number[];
}

export function gatherSizes(x: Tensor, index: Tensor, options: GatherOptions = {}): GatherSizes {
  const { axis = 0, offset = 0, into } = options;
  values('gather', x);
  ofType('gather', index, 'u32');
  count('gather', 'offset', offset);
  const rank = x.shape.length;
  demand(rank === 2 || (rank === 1 && axis === 0), 'gather', 'a matrix, or a vector along axis 0', shown(x));
  const [rows = 1, columns = 1] = x.shape;
  const picked = elements(index.shape);
  const shape = rank === 1 ? [picked] : axis === 0 ? [picked, columns] : [rows, picked];
  if (into) {
    written('gather', into, x, index);
    expectShape('gather', into, shape);
  }
  return { axis, offset, rows, columns, count: picked, shape };
}

export function extentSizes(x: Tensor): { count: number } {
  values('extent', x);
  return { count: elements(x.shape) };
}

export const maxAbsDifferenceSizes = (x: Tensor, y: Tensor): { count: number } => ({
  count: sameShape('maxAbsDifference', x, y),
});

export function unitRowsSizes(x: Tensor): { rows: number; width: number } {
  values('unitRows', x);
  const [rows, width] = matrix(x);
  return { rows, width };
}

/** Of the distances of `rows` rows of `a` to the `columns` rows of `b`, over `inner` coordinates. */
export function pairwiseDistanceSizes(
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
  options: DistanceOptions = {},
): { rows: number; columns: number; inner: number; metric: Metric; factor: number } {
  const operation = 'pairwiseDistance';
  values(operation, a, b);
  const [aRows, inner] = matrix(a);
  const [columns, bInner] = matrix(b);
  demand(inner === bInner, operation, 'rows of equal length', `${shown(a)} and ${shown(b)}`);
  count(operation, 'rowStart', rowStart);
  count(operation, 'rows', rows, 1);
  demand(rowStart + rows <= aRows, operation, `rows ${rowStart} … ${rowStart + rows} to exist`, shown(a));
  if (into) {
    written(operation, into, a, b);
    const [intoRows, intoColumns] = matrix(into);
    const fits = intoRows >= rows && intoColumns === columns;
    demand(fits, operation, `a target of at least ${rows} rows of ${columns}`, shown(into));
  }
  const { metric = 'euclidean', factor = 1 } = options;
  finite(operation, 'factor', factor);
  return { rows, columns, inner, metric, factor };
}
