import { describe, expect, it } from 'vitest';
import { distanceProduct } from './products/distance';
import { matmulProduct } from './products/matmul';
import { planProduct } from './products/plan';
import { productKernel } from './products/product-kernel';
import { sizeOf, type Product, type Size } from './products/product';
import { rangesOf } from './products/ranges';
import { TABLE } from './products/table';
import { fits, nameOf, tileOf } from './products/variant';

const SHAPES = [1, 7, 30, 64, 500, 1200, 4100].flatMap((rows) =>
  [33, 64, 500, 1200, 4100].flatMap((columns) => [8, 31].map((inner) => ({ rows, columns, inner }))),
);
const PRODUCTS: readonly Product[] = SHAPES.flatMap((sizes) => {
  const { rows, columns, inner } = sizes;
  const target = { stride: columns, columnOffset: 0, accumulate: false };
  const plan = { rowStart: 0, rows: inner, total: inner + 4, columns: rows, width: columns };
  return [
    ...(['nn', 'nt', 'tn'] as const).map((orientation) =>
      matmulProduct({ orientation, ...sizes, ...target }, 'f32', 'bf16'),
    ),
    ...(['euclidean', 'cosine'] as const).map((metric) =>
      distanceProduct({ ...sizes, metric }, 'f32', 'f16'),
    ),
    planProduct(plan, 0, 'f32'),
    planProduct({ ...plan, columns, width: rows }, 1, 'bf16'),
  ];
});
/** What every WebGPU device offers, and what a large one does. */
const LEAST = {
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
};
const LARGE = { ...LEAST, maxComputeWorkgroupStorageSize: 49_152, subgroupMinSize: 32, subgroupMaxSize: 32 };

describe('ranges of a product', () => {
  it.each([
    [{ rows: 1000, columns: 300 }, [64, 128], 1e9],
    [{ rows: 1000, columns: 300 }, [64, 128], 100_000],
    [{ rows: 1000, columns: 300 }, [64, 128], 1],
    [{ rows: 3, columns: 600_000 }, [8, 32], 1e9],
  ] as const)('cover %o by whole tiles of %o, at most %i entries', (product, tile, most) => {
    const ranges = rangesOf(product, tile, most);
    let covered = 0;
    for (const { first_row, end_row, first_column, end_column } of ranges) {
      const [height, width] = [end_row - first_row, end_column - first_column];
      covered += height * width;
      expect(height * width).toBeLessThanOrEqual(Math.max(most, tile[0] * tile[1]));
      expect(width).toBeLessThanOrEqual(8 * 65_535);
      expect([first_row % tile[0], first_column % tile[1]]).toEqual([0, 0]);
    }
    expect(covered).toBe(product.rows * product.columns);
    const starts = ranges.map(({ first_row, first_column }) => `${first_row} ${first_column}`);
    expect(new Set(starts).size).toBe(ranges.length);
  });
});

describe('the table of variants', () => {
  it.each([
    ['least', LEAST],
    ['large', LARGE],
  ])('has one for every product on the %s device, each written out', (_, limits) => {
    const seen = new Set<Size>();
    for (const product of PRODUCTS) {
      seen.add(sizeOf(product));
      const rows = TABLE.filter(({ sizes }) => sizes.includes(sizeOf(product)));
      const variants = rows.filter(({ variant }) => fits(variant, product, { limits }));
      expect(variants.length).toBeGreaterThan(0);
      expect(variants.some(({ software }) => software)).toBe(true);
      for (const { variant } of variants) {
        const { source } = productKernel(product, variant);
        expect(source.match(/^@compute/gm)).toHaveLength(1);
        expect(source.match(/^fn main/gm)).toHaveLength(1);
      }
    }
    expect(seen).toEqual(new Set(['few', 'thin', 'tiny', 'small', 'medium', 'large']));
  });

  it('names each variant once', () => {
    const names = TABLE.map(({ variant }) => nameOf(variant));
    expect(new Set(names).size).toBe(names.length);
  });

  it('has tiles that threads share evenly', () => {
    for (const { variant } of TABLE) {
      if (variant.machine !== 'tiles') continue;
      const [rows, columns, inner] = variant.tile;
      const threads = (rows / variant.block[0]) * (columns / variant.block[1]);
      expect([rows, columns]).toEqual(tileOf(variant));
      expect(((rows * inner) / 4) % threads).toBe(0);
      expect(((columns * inner) / 4) % threads).toBe(0);
    }
  });

  it('multiplies in registers what lies in workgroup memory: 4 × 4 sums by one load of a quad and four of an entry', () => {
    const sizes = {
      rows: 1024,
      columns: 1024,
      inner: 1024,
      stride: 1024,
      columnOffset: 0,
      accumulate: false,
    };
    const product = matmulProduct({ orientation: 'nn', ...sizes }, 'f32', 'f32');
    const { source } = productKernel(product, {
      machine: 'tiles',
      tile: [64, 64, 16],
      block: [4, 4],
      pad: 4,
    });
    const start = source.indexOf('for (var k = 0u; k < BK; k++)');
    const loop = source.slice(start, source.indexOf('workgroupBarrier', start));
    expect(loop.match(/right_tile\[/g)).toHaveLength(1);
    expect(loop.match(/left_tile\[/g)).toHaveLength(4);
    expect(loop.match(/fma\(/g)).toHaveLength(4);
    expect(source).toContain('var<storage, read> a: array<vec4f>');
  });
});
