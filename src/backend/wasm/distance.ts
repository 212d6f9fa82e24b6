import { pairwiseDistanceSizes, unitRowsSizes } from '../checks/matrix';
import type { DistanceOptions, Tensor } from '../operations';
import { BYTES } from '../shape';
import { MULTIPLY_ADDS_PER_NS, inSlabs } from './gemm';
import { TILE_COLUMNS } from './kernels/gemm';
import { DISTANCE_BLOCK, distanceScratch } from './kernels/pairwise';
import type { FloatDType } from './kernels/load';
import { STREAM_NS } from './work-split';
import type { Runner } from './runner';

export function unitRows(runner: Runner, x: Tensor): Tensor {
  runner.check(x);
  const { rows, width } = unitRowsSizes(x);
  const split = { items: rows, nanoseconds: 4 * STREAM_NS * width };
  return runner.make(x.shape, 'unit rows', (out) =>
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
    const right = {
      at: runner.at(b),
      dtype: b.dtype as FloatDType,
      storageOrder: 'rowMajor',
      stride: inner * BYTES[b.dtype],
    } as const;
    const blocksDown = Math.ceil(rows / DISTANCE_BLOCK.rows);
    inSlabs(runner, right, columns, inner, (first, count, packed) => {
      const panels = Math.ceil(count / TILE_COLUMNS);
      const blocksAcross = Math.ceil(count / DISTANCE_BLOCK.columns);
      runner.temporary(4 * panels * TILE_COLUMNS, 'norms of columns', (norms) => {
        runner.run(
          'columnNorms',
          { b: packed, depth: inner, out: norms },
          { items: panels, nanoseconds: STREAM_NS * TILE_COLUMNS * inner },
        );
        runner.run(
          'pairwise',
          {
            a: runner.at(a) + rowStart * stride,
            stride,
            packer: runner.kernelModule.packers.rows[a.dtype as FloatDType].rowMajor,
            b: packed,
            norms,
            out: out + 4 * first,
            outStride: 4 * columns,
            rows,
            columns: count,
            depth: inner,
            blocksAcross,
            factor: metric === 'cosine' ? factor / 2 : factor,
            root: Number(metric === 'euclidean'),
          },
          {
            items: blocksDown * blocksAcross,
            nanoseconds: (DISTANCE_BLOCK.rows * DISTANCE_BLOCK.columns * inner) / MULTIPLY_ADDS_PER_NS,
            scratch: () => distanceScratch(inner),
          },
        );
      });
    });
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
