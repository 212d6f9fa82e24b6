import { FEW_ROWS } from './kernels/few-rows';
import { DEPTH, TILE_COLUMNS, TILE_ROWS, blockScratch } from './kernels/gemm';
import type { Packed } from './kernels/load';
import type { Way } from './kernel-module';
import type { Runner } from './runner';
import { BYTES } from '../shape';

/**
 * Rows of numbers in memory: `stride` bytes apart with adjacent numbers (`along`), or adjacent, with `stride` bytes between the
 * numbers of a row (`across`).
 */
interface View {
  readonly at: number;
  readonly dtype: Packed;
  readonly way: Way;
  readonly stride: number;
}

export interface Product {
  /** Rows of the left view are rows of the result, rows of the right view its columns. */
  readonly left: View;
  readonly right: View;
  readonly rows: number;
  readonly columns: number;
  /** Numbers in a row of either view. */
  readonly inner: number;
  readonly out: number;
  /** Bytes between rows of the result. */
  readonly outStride: number;
  /** Add to what is there. */
  readonly add?: boolean;
  readonly scale?: number;
}

/** Bytes of packed columns held at a time, unless a few take more. */
const SLAB_BYTES = 2 ** 23;
const BLOCK = { rows: 64, columns: 256 } as const;
/** Multiply-adds in a nanosecond, in tiles and of a few rows, and numbers packed. */
const [MULTIPLIES, FEW_MULTIPLIES, PACKED] = [16, 4, 0.6] as const;

/**
 * out(i, j) = scale · Σ_k left(i, k) right(j, k), or of (left(i, k) − right(j, k))². Sums over `DEPTH` products in one go, then over
 * these sums: the same order however many threads there are.
 */
export function gemm(
  runner: Runner,
  product: Product,
  kernel: 'multiply' | 'squaredDistances' = 'multiply',
): void {
  const { columns, inner, left, right } = product;
  const few =
    product.rows <= FEW_ROWS && left.dtype === 'f32' && left.way === 'along' && right.way === 'along';
  if (
    few &&
    kernel === 'multiply' &&
    left.stride === 4 * inner &&
    right.stride === BYTES[right.dtype] * inner
  ) {
    multiplyFew(runner, product);
    return;
  }
  const widest = Math.max(1, Math.floor(SLAB_BYTES / (4 * inner * TILE_COLUMNS))) * TILE_COLUMNS;
  const width = Math.min(columns, widest);
  const padded = Math.ceil(width / TILE_COLUMNS) * TILE_COLUMNS;
  runner.temporary(4 * padded * inner, 'packed columns', (packed) => {
    for (let first = 0; first < columns; first += width) {
      const count = Math.min(width, columns - first);
      pack(runner, right, first, count, inner, packed);
      multiplySlab(runner, product, kernel, first, count, packed);
    }
  });
}

const FEW = { f32: 'multiplyFewF32', bf16: 'multiplyFewBf16', f16: 'multiplyFewF16' } as const;

function multiplyFew(runner: Runner, product: Product): void {
  const { left, right, rows, columns, inner: depth, out, outStride, add = false, scale = 1 } = product;
  runner.run(
    FEW[right.dtype],
    { a: left.at, b: right.at, rows, depth, out, outStride, add: Number(add), scale },
    { items: columns, nanoseconds: (rows * depth) / FEW_MULTIPLIES },
  );
}

const step = ({ way, stride, dtype }: View, rows: number): number =>
  rows * (way === 'along' ? stride : BYTES[dtype]);

function pack(
  runner: Runner,
  view: View,
  first: number,
  columns: number,
  depth: number,
  target: number,
): void {
  runner.run(
    'packColumns',
    {
      source: view.at + step(view, first),
      step: step(view, TILE_COLUMNS),
      stride: view.stride,
      packer: runner.program.packers.columns[view.dtype][view.way],
      columns,
      depth,
      target,
    },
    { items: Math.ceil(columns / TILE_COLUMNS), nanoseconds: (TILE_COLUMNS * depth) / PACKED },
  );
}

function multiplySlab(
  runner: Runner,
  { left, rows, inner, out, outStride, add = false, scale = 1 }: Product,
  kernel: 'multiply' | 'squaredDistances',
  first: number,
  columns: number,
  packed: number,
): void {
  const blockRows = Math.min(BLOCK.rows, Math.ceil(rows / TILE_ROWS) * TILE_ROWS);
  const blockColumns = Math.min(BLOCK.columns, Math.ceil(columns / TILE_COLUMNS) * TILE_COLUMNS);
  const across = Math.ceil(columns / blockColumns);
  runner.run(
    kernel,
    {
      a: left.at,
      step: step(left, TILE_ROWS),
      stride: left.stride,
      entry: left.way === 'along' ? BYTES[left.dtype] : left.stride,
      packer: runner.program.packers.rows[left.dtype][left.way],
      b: packed,
      out: out + 4 * first,
      outStride,
      rows,
      columns,
      depth: inner,
      add: Number(add),
      scale,
      blockRows,
      blockColumns,
      blocksAcross: across,
    },
    {
      items: Math.ceil(rows / blockRows) * across,
      nanoseconds: (blockRows * blockColumns * Math.min(inner, 64 * DEPTH)) / MULTIPLIES,
      scratch: () => blockScratch(blockRows),
    },
  );
}
