import {
  gatherSizes,
  matmulSizes,
  pairwiseDistanceSizes,
  unitRowsSizes,
  weightedSumSizes,
} from '../checks/matrix';
import { copyRowsSizes } from '../checks/storage';
import type { DistanceOptions, GatherOptions, MatmulOptions, Tensor } from '../operations';
import { matrix } from '../shape';
import { workgroupGrid, TILE } from './grid';
import { byRows } from './reductions';
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
  runner.forEachDispatchRange(rows, columns * inner, (start, end) => {
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
    groups: workgroupGrid(count / 256),
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
    groups: workgroupGrid((rows * columns) / 256),
    work: rows * columns,
  });
  return out;
}

export function unitRows(runner: Runner, x: Tensor): Tensor {
  const { rows, width } = unitRowsSizes(x);
  const out = runner.empty(x.shape, 'unit rows');
  runner.run('unit_rows', {
    ...byRows(runner, rows, width, x),
    tensors: { x, out },
    packed: ['x'],
    params: { rows, width },
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
  runner.forEachDispatchRange(rows, columns * inner, (start, end) => {
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
