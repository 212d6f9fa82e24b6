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
import { workgroupGrid } from './grid';
import { DTYPE_CODES } from './dtype';
import { distanceProduct } from './products/distance';
import { matmulProduct } from './products/matmul';
import { operandParams } from './products/operands';
import { byRows } from './reductions';
import type { Runner } from './runner';

export function copyRows(runner: Runner, source: Tensor, target: Tensor, rowOffset: number): void {
  const { rows, columns } = copyRowsSizes(source, target, rowOffset);
  const bytes = 4 * columns;
  runner.copy(source, 0, target, rowOffset * bytes, rows * bytes);
}

export function matmul(runner: Runner, a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const sizes = matmulSizes(a, b, options);
  const { rows, columns, inner, stride, columnOffset, accumulate } = sizes;
  const { bias } = options;
  const out = options.into ?? runner.empty([rows, columns], 'product');
  const product = matmulProduct(sizes, a.dtype, b.dtype);
  runner.runProduct({
    product,
    tensors: { a, b, bias: bias ?? b, out },
    params: {
      ...operandParams(product),
      out_stride: stride,
      out_offset: columnOffset,
      has_bias: bias ? 1 : 0,
      bias_dtype: DTYPE_CODES[bias?.dtype ?? 'f32'],
      accumulate: accumulate ? 1 : 0,
    },
    work: inner,
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

export function pairwiseDistance(
  runner: Runner,
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
  options?: DistanceOptions,
): Tensor {
  const sizes = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
  const { columns, inner, factor } = sizes;
  const cost = into ?? runner.empty([rows, columns], 'cost');
  const product = distanceProduct(sizes, a.dtype, b.dtype);
  runner.runProduct({
    product,
    tensors: { a, b, cost },
    params: { ...operandParams(product), a_lines: matrix(a)[0], band_start: rowStart, columns, factor },
    work: 2 * inner,
  });
  return cost;
}
