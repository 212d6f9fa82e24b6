import type { KernelParameters } from '../../../wgsl';
import type { BackendInfo } from '../../operations';
import { takesFewRows, type Product } from './product';

/** One way to form a product, as data. Each is a file of `shaders/` that the kernels of products include. */
export type Variant = TilesVariant | DirectVariant | FewRowsVariant;

/** `tiles.wgsl`: tiles of both operands in workgroup memory. */
interface TilesVariant {
  readonly machine: 'tiles';
  /** Rows and columns of the result of one workgroup, and summed entries that are staged at once. */
  readonly tile: readonly [rows: number, columns: number, inner: number];
  /** Rows and columns of the result of one thread. */
  readonly block: readonly [rows: number, columns: number];
  /** Unused words after each row of the staged left operand. */
  readonly pad: number;
}

/** `direct.wgsl`: both operands straight from memory, by 8 × 8 threads. */
interface DirectVariant {
  readonly machine: 'direct';
  readonly block: readonly [rows: number, columns: number];
}

/** `few_rows.wgsl`: threads along the sums, for at most 8 rows. */
interface FewRowsVariant {
  readonly machine: 'few rows';
  /** Threads that share a sum. */
  readonly lanes: number;
  /** Adds the threads' sums within subgroups, which must have at least `lanes` threads. */
  readonly subgroups: boolean;
}

/** Threads of a workgroup of `few_rows.wgsl`, and columns that each group of lanes makes. */
const FEW_ROWS = { threads: 64, columns: 4 };

export function nameOf(variant: Variant): string {
  if (variant.machine === 'few rows')
    return `few rows, ${variant.lanes} threads a sum${variant.subgroups ? ', subgroups' : ''}`;
  const block = variant.block.join('×');
  if (variant.machine === 'direct') return `direct ${block}`;
  return `tiles ${variant.tile.join('×')}, ${block}${variant.pad > 0 ? ', padded' : ''}`;
}

/** Rows and columns of the result that one workgroup makes. */
export function tileOf(variant: Variant): readonly [rows: number, columns: number] {
  if (variant.machine === 'tiles') return [variant.tile[0], variant.tile[1]];
  if (variant.machine === 'direct') return [8 * variant.block[0], 8 * variant.block[1]];
  return [8, (FEW_ROWS.columns * FEW_ROWS.threads) / variant.lanes];
}

/** Values of the kernel's parameters that the variant decides. */
export function parametersOf(variant: Variant, product: Product): KernelParameters {
  if (variant.machine === 'few rows') {
    const { lanes, subgroups } = variant;
    return {
      TILED: 0,
      FEW_ROWS: 1,
      ROWS: fewRows(product.rows),
      LANES: lanes,
      SUBGROUPS: subgroups ? 1 : 0,
      SHARED: lanes > 1 && !subgroups ? 1 : 0,
    };
  }
  const [blockRows, blockColumns] = variant.block;
  const block = { ROW_FOURS: blockRows / 4, COLUMN_QUADS: blockColumns / 4 };
  if (variant.machine === 'direct') return { TILED: 0, DIRECT: 1, ...block };
  const [rows, columns, inner] = variant.tile;
  const { threads, leftStride, rightStride } = tilesLayout(variant, product);
  return {
    BM: rows,
    BN: columns,
    BK: inner,
    ...block,
    TX: columns / blockColumns,
    TY: rows / blockRows,
    THREADS: threads,
    LEFT_LOADS: (rows * inner) / 4 / threads,
    RIGHT_LOADS: product.parameters['RIGHT_ALONG']
      ? Math.ceil((columns * inner) / 16 / threads)
      : (columns * inner) / 4 / threads,
    LEFT_STRIDE: leftStride,
    RIGHT_STRIDE: rightStride,
  };
}

/** True if a device with these limits and features can run the variant for the product. */
export function fits(variant: Variant, product: Product, { limits }: Pick<BackendInfo, 'limits'>): boolean {
  const limit = (name: string): number => limits[name] ?? 0;
  if (variant.machine === 'direct') return true;
  if (variant.machine === 'few rows') {
    const enough = !variant.subgroups || limit('subgroupMinSize') >= variant.lanes;
    return takesFewRows(product) && product.parameters['QUADS'] === 1 && enough;
  }
  const { threads, bytes } = tilesLayout(variant, product);
  return (
    threads <= limit('maxComputeInvocationsPerWorkgroup') &&
    threads <= limit('maxComputeWorkgroupSizeX') &&
    bytes <= limit('maxComputeWorkgroupStorageSize')
  );
}

/** The number of rows that `few_rows.wgsl` is written out for. */
export const fewRows = (rows: number): number => 2 ** Math.ceil(Math.log2(rows));

function tilesLayout({ tile, block, pad }: TilesVariant, product: Product) {
  const [rows, columns, inner] = tile;
  const leftStride = rows + pad;
  // A quad after each row, where a transposed tile is written down its columns.
  const rightStride = columns + (product.parameters['RIGHT_ALONG'] ? 4 : 0);
  return {
    threads: (rows / block[0]) * (columns / block[1]),
    leftStride,
    rightStride,
    // Distances also keep the squares of the tile's rows and columns.
    bytes:
      4 * (inner * (leftStride + rightStride) + (product.parameters['DIFFERENCES'] ? rows + columns + 2 : 0)),
  };
}
