import { FEW_ROWS } from './kernels/few-rows';
import { DEPTH, TILE_COLUMNS, TILE_ROWS, blockScratch } from './kernels/gemm';
import type { FloatDType } from './kernels/load';
import type { StorageOrder } from './kernel-module';
import { RANGES_PER_THREAD, type Runner } from './runner';
import { BYTES } from '../shape';

/**
 * A matrix in memory. `stride` is in bytes: from row to row if `rowMajor`, from column to column if `columnMajor`.
 */
export interface MatrixView {
  readonly at: number;
  readonly dtype: FloatDType;
  readonly storageOrder: StorageOrder;
  readonly stride: number;
}

export interface Product {
  /** Rows of `left` give the rows of the result, rows of `right` its columns. */
  readonly left: MatrixView;
  readonly right: MatrixView;
  readonly rows: number;
  readonly columns: number;
  /** Length of the rows of both views. */
  readonly inner: number;
  readonly out: number;
  /** Bytes between rows of the result. */
  readonly outStride: number;
  /** Add to the result instead of overwriting it. */
  readonly add?: boolean;
  readonly scale?: number;
}

/** Bytes of packed columns in memory at a time; at least one tile of columns. */
const SLAB_BYTES = 2 ** 23;
const BLOCK = { rows: 64, columns: 256 } as const;
/** Narrower blocks, made where all threads would not have some, cost more for packing their rows than they save. */
const MIN_BLOCK_COLUMNS = 64;
/** Rates: multiply-adds in tiles, multiply-adds with few rows, and packed numbers. */
export const MULTIPLY_ADDS_PER_NS = 16;
const [FEW_ROWS_MULTIPLY_ADDS_PER_NS, PACKED_PER_NS] = [4, 0.6] as const;

/**
 * out(i, j) = scale · Σ_k left(i, k) right(j, k). It sums `DEPTH` terms at a time, then adds these sums: the same order for any number
 * of threads.
 */
export function gemm(runner: Runner, product: Product): void {
  const { columns, inner, left, right } = product;
  if (product.rows <= FEW_ROWS && left.dtype === 'f32' && left.storageOrder === 'rowMajor') {
    const adjacent = left.stride === 4 * inner && right.stride === BYTES[right.dtype] * inner;
    if (right.storageOrder === 'rowMajor' && adjacent) return multiplyFew(runner, product);
    if (right.storageOrder === 'columnMajor' && right.dtype === 'f32' && columns % 4 === 0)
      return multiplyFewRows(runner, product);
  }
  inSlabs(runner, right, columns, inner, (first, count, packed) =>
    multiplySlab(runner, product, first, count, packed),
  );
}

/** Packs slabs of columns of the right factor, one after the other, and calls `work` with each. */
export function inSlabs(
  runner: Runner,
  right: MatrixView,
  columns: number,
  inner: number,
  work: (first: number, count: number, packed: number) => void,
): void {
  const widest = Math.max(1, Math.floor(SLAB_BYTES / (4 * inner * TILE_COLUMNS))) * TILE_COLUMNS;
  const width = Math.min(columns, widest);
  const padded = Math.ceil(width / TILE_COLUMNS) * TILE_COLUMNS;
  runner.temporary(4 * padded * inner, 'packed columns', (packed) => {
    for (let first = 0; first < columns; first += width) {
      const count = Math.min(width, columns - first);
      pack(runner, right, first, count, inner, packed);
      work(first, count, packed);
    }
  });
}

function multiplyFewRows(runner: Runner, product: Product): void {
  const { left, right, rows, columns, inner: depth, out, outStride, add = false, scale = 1 } = product;
  runner.run(
    'multiplyFewRows',
    {
      a: left.at,
      aStride: left.stride,
      b: right.at,
      bStride: right.stride,
      rows,
      depth,
      out,
      outStride,
      add: Number(add),
      scale,
    },
    { items: columns, nanoseconds: (rows * depth) / FEW_ROWS_MULTIPLY_ADDS_PER_NS, multiple: 16 },
  );
}

const FEW = { f32: 'multiplyFewF32', bf16: 'multiplyFewBf16', f16: 'multiplyFewF16' } as const;

function multiplyFew(runner: Runner, product: Product): void {
  const { left, right, rows, columns, inner: depth, out, outStride, add = false, scale = 1 } = product;
  runner.run(
    FEW[right.dtype],
    { a: left.at, b: right.at, rows, depth, out, outStride, add: Number(add), scale },
    { items: columns, nanoseconds: (rows * depth) / FEW_ROWS_MULTIPLY_ADDS_PER_NS },
  );
}

const step = ({ storageOrder, stride, dtype }: MatrixView, rows: number): number =>
  rows * (storageOrder === 'rowMajor' ? stride : BYTES[dtype]);

function pack(
  runner: Runner,
  view: MatrixView,
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
      packer: runner.kernelModule.packers.columns[view.dtype][view.storageOrder],
      columns,
      depth,
      target,
    },
    { items: Math.ceil(columns / TILE_COLUMNS), nanoseconds: (TILE_COLUMNS * depth) / PACKED_PER_NS },
  );
}

function multiplySlab(
  runner: Runner,
  { left, rows, inner, out, outStride, add = false, scale = 1 }: Product,
  first: number,
  columns: number,
  packed: number,
): void {
  const blockRows = Math.min(BLOCK.rows, Math.ceil(rows / TILE_ROWS) * TILE_ROWS);
  const down = Math.ceil(rows / blockRows);
  const wanted = Math.ceil((runner.threads * RANGES_PER_THREAD) / down);
  const parts = Math.max(columns / BLOCK.columns, Math.min(wanted, columns / MIN_BLOCK_COLUMNS), 1);
  const blockColumns = Math.ceil(columns / Math.ceil(parts) / TILE_COLUMNS) * TILE_COLUMNS;
  const across = Math.ceil(columns / blockColumns);
  runner.run(
    'multiply',
    {
      a: left.at,
      step: step(left, TILE_ROWS),
      stride: left.stride,
      entry: left.storageOrder === 'rowMajor' ? BYTES[left.dtype] : left.stride,
      packer: runner.kernelModule.packers.rows[left.dtype][left.storageOrder],
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
      items: down * across,
      nanoseconds: (blockRows * blockColumns * Math.min(inner, 64 * DEPTH)) / MULTIPLY_ADDS_PER_NS,
      scratch: () => blockScratch(blockRows),
    },
  );
}
