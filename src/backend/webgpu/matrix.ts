import {
  extentSizes,
  gatherSizes,
  matmulSizes,
  maxAbsDifferenceSizes,
  pairwiseDistanceSizes,
  unitRowsSizes,
  weightedSumSizes,
} from '../checks/matrix';
import { copyRowsSizes } from '../checks/storage';
import type { DistanceOptions, GatherOptions, MatmulOptions, Tensor } from '../operations';
import { matrix } from '../shape';
import { folded, ROWS, TILE } from './grid';
import type { Runner } from './runner';

export function copyRows(runner: Runner, source: Tensor, target: Tensor, rowOffset: number): void {
  const { rows, columns } = copyRowsSizes(source, target, rowOffset);
  const bytes = 4 * columns;
  runner.copy(source, 0, target, rowOffset * bytes, rows * bytes);
}

export function matmul(runner: Runner, a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { orientation, rows, columns, inner, stride, columnOffset, accumulate } = matmulSizes(a, b, options);
  const out = options.into ?? runner.empty([rows, columns], 'product');
  const [aRow, aInner] = orientation === 'tn' ? [1, rows] : [inner, 1];
  const [bColumn, bInner] = orientation === 'nt' ? [inner, 1] : [1, columns];
  runner.inTiles(rows, columns * inner, (start, end) => {
    runner.run('matmul', {
      tensors: { a, b, bias: options.bias ?? b, out },
      packed: ['a', 'b', 'bias'],
      constants: { PAIRED: orientation === 'nt' && inner % 2 === 0 ? 1 : 0 },
      params: {
        rows: end,
        columns,
        inner,
        a_row: aRow,
        a_inner: aInner,
        b_column: bColumn,
        b_inner: bInner,
        out_stride: stride,
        out_offset: columnOffset,
        first_row: start,
        has_bias: options.bias ? 1 : 0,
        accumulate: accumulate ? 1 : 0,
      },
      groups: [Math.ceil(columns / TILE), Math.ceil((end - start) / TILE)],
      work: (end - start) * columns * inner,
    });
  });
  return out;
}

export function weightedSum(runner: Runner, x: Tensor, alpha: number, y?: Tensor, beta = 1): Tensor {
  const { count } = weightedSumSizes(x, alpha, y, beta);
  const out = runner.empty(x.shape, 'weighted sum');
  runner.run('weighted_sum', {
    tensors: { x, y: y ?? x, out },
    packed: ['x', 'y'],
    params: { count, has_y: y ? 1 : 0, alpha, beta: y ? beta : 0 },
    groups: folded(count / 256),
    work: count,
  });
  return out;
}

export function gather(runner: Runner, x: Tensor, index: Tensor, options: GatherOptions = {}): Tensor {
  const sizes = gatherSizes(x, index, options);
  const out = options.into ?? runner.zeros(sizes.shape, 'gathered');
  const rows = sizes.axis === 0 ? sizes.count : sizes.rows;
  const columns = sizes.axis === 0 ? sizes.columns : sizes.count;
  runner.run('gather', {
    tensors: { x, index, out },
    packed: ['x'],
    params: {
      rows,
      columns,
      x_rows: sizes.rows,
      x_columns: sizes.columns,
      axis: sizes.axis,
      offset: sizes.offset,
    },
    groups: folded((rows * columns) / 256),
    work: rows * columns,
  });
  return out;
}

export function extent(runner: Runner, x: Tensor): Tensor {
  const { count } = extentSizes(x);
  return plain(runner, [x], ([values]) => {
    const groups = Math.min(256, Math.ceil(count / 2048));
    const partial = runner.empty([groups, 2], 'extents');
    runner.run('extent', {
      tensors: { x: values, out: partial },
      params: { count, stride: 1 },
      groups: [groups, 1],
      work: count,
    });
    const out = runner.empty([2], 'extent');
    runner.run('extent', {
      tensors: { x: partial, out },
      params: { count: groups, stride: 2 },
      groups: [1, 1],
      work: groups,
    });
    runner.free(partial);
    return out;
  });
}

export function maxAbsDifference(runner: Runner, x: Tensor, y: Tensor): Tensor {
  const { count } = maxAbsDifferenceSizes(x, y);
  return plain(runner, [x, y], ([first, second]) => {
    const difference = runner.empty([count], 'absolute difference');
    runner.run('absolute_difference', {
      tensors: { x: first, y: second, out: difference },
      params: { count },
      groups: folded(count / 256),
      work: count,
    });
    const range = extent(runner, difference);
    const largest = runner.empty([1], 'largest difference');
    runner.copy(range, 4, largest, 0, 4);
    runner.free(difference, range);
    return largest;
  });
}

export function unitRows(runner: Runner, x: Tensor): Tensor {
  const { rows, width } = unitRowsSizes(x);
  const out = runner.empty(x.shape, 'unit rows');
  runner.run('unit_rows', {
    tensors: { x, out },
    packed: ['x'],
    params: { rows, width },
    groups: folded(rows / ROWS),
    work: rows * width,
  });
  return out;
}

/** `METRIC` constants of pairwise_distance.wgsl. */
const METRICS = { euclidean: 0, squared: 1, cosine: 2 } as const;

export function pairwiseDistance(
  runner: Runner,
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
  options?: DistanceOptions,
): Tensor {
  const { columns, inner, metric, factor } = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
  const cost = into ?? runner.empty([rows, columns], 'cost');
  runner.inTiles(rows, columns * inner, (start, end) => {
    runner.run('pairwise_distance', {
      tensors: { a, b, cost },
      packed: ['a', 'b'],
      constants: { METRIC: METRICS[metric] },
      params: {
        first_row: rowStart + start,
        end_row: rowStart + end,
        rows: matrix(a)[0],
        columns,
        inner,
        band_start: rowStart,
        factor,
      },
      groups: [Math.ceil(columns / TILE), Math.ceil((end - start) / TILE)],
      work: (end - start) * columns * inner,
    });
  });
  return cost;
}

/** Hands `work` the tensors as f32, unpacked copies where they are packed. */
export function plain<T extends readonly Tensor[], Result>(
  runner: Runner,
  tensors: readonly [...T],
  work: (plain: T) => Result,
): Result {
  const copies: Tensor[] = [];
  const plain = tensors.map((tensor) => {
    if (tensor.dtype === 'f32') return tensor;
    const copy = weightedSum(runner, tensor, 1);
    copies.push(copy);
    return copy;
  });
  const result = work(plain as unknown as T);
  runner.free(...copies);
  return result;
}
