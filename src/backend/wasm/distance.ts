import { pairwiseDistanceSizes, unitRowsSizes } from '../checks/matrix';
import type { DistanceOptions, Tensor } from '../operations';
import { BYTES } from '../shape';
import { gemm } from './gemm';
import type { FloatDType } from './kernels/load';
import { STREAM_NS } from './work-split';
import type { Runner } from './runner';

export function unitRows(runner: Runner, x: Tensor): Tensor {
  runner.check(x);
  const { rows, width } = unitRowsSizes(x);
  const split = { items: rows, nanoseconds: 4 * STREAM_NS * width };
  return runner.make(x.shape, 'unitRows', (out) =>
    runner.withF32([x], (at) => runner.run('unitRows', { x: at, columns: width, out }, split)),
  );
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
  runner.check(a, b, into);
  const { columns, inner, metric, factor } = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
  return runner.output(into, [rows, columns], 'pairwiseDistance', (out) => {
    const stride = inner * BYTES[a.dtype];
    const view = (tensor: Tensor, at: number) =>
      ({
        at,
        dtype: tensor.dtype as FloatDType,
        storageOrder: 'rowMajor',
        stride: inner * BYTES[tensor.dtype],
      }) as const;
    gemm(
      runner,
      {
        left: view(a, runner.at(a) + rowStart * stride),
        right: view(b, runner.at(b)),
        rows,
        columns,
        inner,
        out,
        outStride: 4 * columns,
      },
      'squaredDistances',
    );
    const scale = metric === 'cosine' ? factor / 2 : factor;
    const split = { items: rows, nanoseconds: 2 * STREAM_NS * columns };
    runner.run(
      'fromSquares',
      { x: out, columns, factor: scale, root: Number(metric === 'euclidean') },
      split,
    );
    if (metric === 'cosine') separateZeroRows(runner, a, b, rowStart, rows, columns, inner, factor, out);
  });
}

/** Sets the distance of a row of zeros to any other row to `factor`: it has no direction, so its cosine is 0. */
function separateZeroRows(
  runner: Runner,
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  columns: number,
  inner: number,
  factor: number,
  out: number,
): void {
  runner.temporary(4 * (rows + columns), 'rows of zeros', (rowFlags) => {
    const columnFlags = rowFlags + 4 * rows;
    const nanoseconds = STREAM_NS * inner;
    runner.withF32([a, b], (aAt, bAt) => {
      const first = aAt + 4 * rowStart * inner;
      runner.run('rowFlags', { x: first, columns: inner, out: rowFlags }, { items: rows, nanoseconds });
      runner.run('rowFlags', { x: bAt, columns: inner, out: columnFlags }, { items: columns, nanoseconds });
    });
    runner.run(
      'separateZeroRows',
      { x: out, columns, factor, rowFlags, columnFlags },
      { items: rows, nanoseconds: columns },
    );
  });
}
