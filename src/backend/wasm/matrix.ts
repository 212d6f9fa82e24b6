import {
  extentSizes,
  gatherSizes,
  matmulSizes,
  maxAbsDifferenceSizes,
  weightedSumSizes,
} from '../checks/matrix';
import { copyRowsSizes } from '../checks/storage';
import type { GatherOptions, MatmulOptions, Tensor } from '../operations';
import { BYTES, elements } from '../shape';
import { REDUCTION_GRAIN, STREAM_NS } from './work-split';
import { gemm } from './gemm';
import type { FloatDType } from './kernels/load';
import type { Runner } from './runner';

const floatDType = (tensor: Tensor): FloatDType => tensor.dtype as FloatDType;

export function copyRows(runner: Runner, source: Tensor, target: Tensor, rowOffset: number): void {
  runner.check(source, target);
  const { columns } = copyRowsSizes(source, target, rowOffset);
  const first = rowOffset * columns;
  const { f64Copy } = runner.own(source);
  // Make the f64 copy before taking other addresses, because it may make the memory grow.
  const f64Target = f64Copy === undefined ? undefined : runner.f64Target(target);
  const copy = (from: number, bytes: number, to: number): void => {
    runner.heap.bytes(0, runner.heap.memory.buffer.byteLength).copyWithin(to, from, from + bytes);
  };
  if (f64Copy !== undefined && f64Target !== undefined) {
    copy(f64Copy, 2 * source.bytes, f64Target + 8 * first);
    copy(runner.at(source), source.bytes, runner.at(target) + 4 * first);
  } else copy(runner.at(source), source.bytes, runner.target(target) + 4 * first);
}

export function matmul(runner: Runner, a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { bias, into } = options;
  runner.check(a, b, bias, into);
  const { orientation, rows, columns, inner, stride, columnOffset, accumulate } = matmulSizes(a, b, options);
  const multiply = (target: number): void => {
    const out = target + 4 * columnOffset;
    const left = { at: runner.at(a), dtype: floatDType(a) };
    const right = { at: runner.at(b), dtype: floatDType(b) };
    const product = { rows, columns, inner, out, outStride: 4 * stride, add: accumulate };
    gemm(runner, {
      ...product,
      left:
        orientation === 'tn'
          ? { ...left, storageOrder: 'columnMajor', stride: rows * BYTES[a.dtype] }
          : { ...left, storageOrder: 'rowMajor', stride: inner * BYTES[a.dtype] },
      right:
        orientation === 'nt'
          ? { ...right, storageOrder: 'rowMajor', stride: inner * BYTES[b.dtype] }
          : { ...right, storageOrder: 'columnMajor', stride: columns * BYTES[b.dtype] },
    });
    if (bias) {
      runner.withF32([bias], (at) =>
        runner.run(
          'addBias',
          { out, stride: 4 * stride, columns, bias: at },
          { items: rows, nanoseconds: STREAM_NS * columns },
        ),
      );
    }
  };
  return runner.output(into, [rows, columns], 'matmul', multiply);
}

export function weightedSum(runner: Runner, x: Tensor, alpha: number, y?: Tensor, beta = 1): Tensor {
  runner.check(x, y);
  const { count } = weightedSumSizes(x, alpha, y, beta);
  const split = { items: count, nanoseconds: STREAM_NS, multiple: 4 };
  return runner.make(x.shape, 'weightedSum', (out) => {
    if (y) {
      runner.withF32([x, y], (xAt, yAt) =>
        runner.run('weightedSum', { x: xAt, alpha, y: yAt, beta, out }, split),
      );
    } else runner.withF32([x], (xAt) => runner.run('scale', { x: xAt, alpha, out }, split));
  });
}

const GATHER_ROWS = { f32: 'gatherRowsF32', bf16: 'gatherRowsBf16', f16: 'gatherRowsF16' } as const;

export function gather(runner: Runner, x: Tensor, index: Tensor, options: GatherOptions = {}): Tensor {
  runner.check(x, index, options.into);
  const { axis, offset, rows, columns, count, shape } = gatherSizes(x, index, options);
  return runner.output(options.into, shape, 'gather', (out) => {
    // The kernel skips indices out of range; their rows must be zero in a new tensor.
    if (!options.into) runner.heap.bytes(out, 4 * elements(shape)).fill(0);
    const picks = { index: runner.at(index), offset, columns, out };
    if (axis === 0) {
      const split = { items: count, nanoseconds: STREAM_NS * columns };
      runner.run(GATHER_ROWS[floatDType(x)], { ...picks, x: runner.at(x), rows }, split);
    } else {
      runner.withF32([x], (at) =>
        runner.run('gatherColumns', { ...picks, x: at, count }, { items: rows, nanoseconds: 2 * count }),
      );
    }
  });
}

export function extent(runner: Runner, x: Tensor): Tensor {
  runner.check(x);
  const { count } = extentSizes(x);
  const ranges = Math.ceil(count / REDUCTION_GRAIN);
  const parts = runner.temporary(8 * ranges, 'extents', (out) => {
    runner.withF32([x], (at) =>
      runner.run(
        'extent',
        { x: at, grain: REDUCTION_GRAIN, out },
        { items: count, nanoseconds: STREAM_NS, grain: REDUCTION_GRAIN },
      ),
    );
    return runner.heap.floats(out, 2 * ranges).slice();
  });
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < parts.length; i += 2) {
    least = Math.min(least, parts[i] ?? NaN);
    most = Math.max(most, parts[i + 1] ?? NaN);
  }
  return runner.make([2], 'extent', (at) => runner.heap.floats(at, 2).set([least, most]));
}

export function maxAbsDifference(runner: Runner, x: Tensor, y: Tensor): Tensor {
  runner.check(x, y);
  const { count } = maxAbsDifferenceSizes(x, y);
  const ranges = Math.ceil(count / REDUCTION_GRAIN);
  const parts = runner.temporary(4 * ranges, 'differences', (out) => {
    runner.withF32([x, y], (xAt, yAt) =>
      runner.run(
        'maxDifference',
        { x: xAt, y: yAt, grain: REDUCTION_GRAIN, out },
        { items: count, nanoseconds: STREAM_NS, grain: REDUCTION_GRAIN },
      ),
    );
    return runner.heap.floats(out, ranges).slice();
  });
  const most = parts.reduce((greatest, part) => Math.max(greatest, part), 0);
  return runner.make([1], 'maxAbsDifference', (at) => runner.heap.floats(at, 1).set([most]));
}
