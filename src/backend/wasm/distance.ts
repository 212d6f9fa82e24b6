import { pairwiseDistanceSizes, unitRowsSizes } from '../checks/matrix';
import type { DistanceOptions, Tensor } from '../operations';
import { BYTES } from '../shape';
import { gemm } from './gemm';
import type { Packed } from './kernels/load';
import { STREAM } from './work-split';
import type { Runner } from './runner';

export function unitRows(runner: Runner, x: Tensor): Tensor {
  runner.check(x);
  const { rows, width } = unitRowsSizes(x);
  const cut = { items: rows, nanoseconds: 4 * STREAM * width };
  return runner.make(x.shape, 'unitRows', (out) =>
    runner.values([x], (at) => runner.run('unitRows', { x: at, columns: width, out }, cut)),
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
  return runner.made(into, [rows, columns], 'pairwiseDistance', (out) => {
    const stride = inner * BYTES[a.dtype];
    const view = (tensor: Tensor, at: number) =>
      ({ at, dtype: tensor.dtype as Packed, way: 'along', stride: inner * BYTES[tensor.dtype] }) as const;
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
    const cut = { items: rows, nanoseconds: 2 * STREAM * columns };
    runner.run('fromSquares', { x: out, columns, factor: scale, root: Number(metric === 'euclidean') }, cut);
    if (metric === 'cosine') separateZeroRows(runner, a, b, rowStart, rows, columns, inner, factor, out);
  });
}

/** A row of zeros has no direction: cosine 0 with any other row. */
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
    const nanoseconds = STREAM * inner;
    runner.values([a, b], (aAt, bAt) => {
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
