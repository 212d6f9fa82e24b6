import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tileFor } from './tile';
import { interpolate, clampWindow, panWindow, revealPlace, visibleRegion, zoomWindow } from './window';

const SIZE = { rows: 128, columns: 128 };

const sizes = fc.integer({ min: 5, max: 16_384 }).map((n) => ({ rows: n, columns: n }));
const parts = fc.double({ min: 0, max: 1, noNaN: true });
const windows = fc.record({
  row: parts,
  column: parts,
  rows: fc.double({ min: 0.0005, max: 0.99, noNaN: true }),
});

/** A window given as fractions of the matrix size. */
const inside = ({ row, column, rows }: { row: number; column: number; rows: number }, n: number) =>
  clampWindow({ row: row * n, column: column * n, rows: rows * n }, { rows: n, columns: n });

describe('zooming', () => {
  it('keeps what is under the pointer under it, where the edge allows', () => {
    const from = { row: 32, column: 48, rows: 64 };
    const to = zoomWindow(from, 2, { x: 0.25, y: 0.75 }, SIZE);
    // The place under the pointer: row 32 + 0.75 · 64, column 48 + 0.25 · 64.
    expect((to?.row ?? 0) + 0.75 * (to?.rows ?? 0)).toBeCloseTo(80, 2);
    expect((to?.column ?? 0) + 0.25 * (to?.rows ?? 0)).toBeCloseTo(64, 2);
    expect(to?.rows).toBe(32);
  });

  it('never leaves the matrix, and out far enough shows all of it', () => {
    fc.assert(
      fc.property(
        sizes,
        windows,
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        parts,
        parts,
        (size, part, factor, x, y) => {
          const { rows, columns } = visibleRegion(
            zoomWindow(inside(part, size.rows), factor, { x, y }, size),
            size,
          );
          expect(rows.start).toBeGreaterThanOrEqual(0);
          expect(columns.start).toBeGreaterThanOrEqual(0);
          expect(rows.end).toBeLessThanOrEqual(size.rows + 0.002);
          expect(columns.end).toBeLessThanOrEqual(size.columns + 0.002);
          expect(rows.end - rows.start).toBeGreaterThanOrEqual(3.99);
        },
      ),
    );
    expect(zoomWindow({ row: 3, column: 9, rows: 40 }, 0.1, { x: 0.5, y: 0.5 }, SIZE)).toBeNull();
    expect(zoomWindow(null, 0.5, { x: 0.5, y: 0.5 }, SIZE)).toBeNull();
  });

  it('goes no closer than four rows', () => {
    expect(zoomWindow({ row: 8, column: 8, rows: 5 }, 10, { x: 0.5, y: 0.5 }, SIZE)?.rows).toBe(4);
  });

  it('glides between its two ends', () => {
    const to = { row: 96, column: 32, rows: 16 };
    expect(interpolate(null, to, 0, SIZE)).toBeNull();
    expect(interpolate(null, to, 1, SIZE)).toBe(to);
    expect(interpolate(null, to, 0.5, SIZE)?.rows).toBeCloseTo(Math.sqrt(128 * 16), 2);
    expect(interpolate(to, null, 1, SIZE)).toBeNull();
  });
});

describe('panning', () => {
  it('moves by parts of what is in sight and stops at the edge', () => {
    const window = { row: 32, column: 48, rows: 32 };
    expect(panWindow(window, { x: 0.5, y: -0.25 }, SIZE)).toEqual({ row: 24, column: 64, rows: 32 });
    expect(panWindow(window, { x: 50, y: -50 }, SIZE)).toEqual({ row: 0, column: 96, rows: 32 });
    expect(panWindow(null, { x: 0.5, y: 0.5 }, SIZE)).toBeNull();
  });

  it('brings a place into sight, and leaves the window where it is in sight already', () => {
    const window = { row: 32, column: 32, rows: 16 };
    expect(revealPlace(window, { row: 40, column: 40 }, SIZE)).toEqual(window);
    fc.assert(
      fc.property(fc.nat({ max: 127 }), fc.nat({ max: 127 }), (row, column) => {
        const { rows, columns } = visibleRegion(revealPlace(window, { row, column }, SIZE), SIZE);
        expect(row).toBeGreaterThanOrEqual(rows.start);
        expect(row + 1).toBeLessThanOrEqual(rows.end);
        expect(column).toBeGreaterThanOrEqual(columns.start);
        expect(column + 1).toBeLessThanOrEqual(columns.end);
      }),
    );
    expect(revealPlace(null, { row: 3, column: 3 }, SIZE)).toBeNull();
  });
});

describe('tiles', () => {
  it('are not needed where the whole picture has single cells', () => {
    expect(tileFor(visibleRegion({ row: 3, column: 3, rows: 8 }, SIZE), SIZE, 1024)).toBeUndefined();
    const large = { rows: 14_336, columns: 14_336 };
    expect(tileFor(visibleRegion(null, large), large, 1024)).toBeUndefined();
  });

  it('cover what is in sight, inside the matrix, with single cells wherever these fit', () => {
    const large = fc.integer({ min: 1025, max: 16_384 });
    fc.assert(
      fc.property(large, windows, (n, part) => {
        const size = { rows: n, columns: n };
        const region = visibleRegion(inside(part, n), size);
        const tile = tileFor(region, size, 1024);
        const seen = Math.ceil(region.rows.end) - Math.floor(region.rows.start);
        if (tile === undefined) {
          expect(seen).toBeGreaterThan(n / 4);
          return;
        }
        expect(tile.rowStart).toBeLessThanOrEqual(region.rows.start);
        expect(tile.rowEnd).toBeGreaterThanOrEqual(Math.min(n, region.rows.end));
        expect(tile.columnStart).toBeLessThanOrEqual(region.columns.start);
        expect(tile.columnEnd).toBeGreaterThanOrEqual(Math.min(n, region.columns.end));
        for (const edge of Object.values(tile)) expect(Number.isInteger(edge)).toBe(true);
        expect(Math.min(tile.rowStart, tile.columnStart)).toBeGreaterThanOrEqual(0);
        expect(Math.max(tile.rowEnd, tile.columnEnd)).toBeLessThanOrEqual(n);
        if (seen <= 1024) expect(tile.rowEnd - tile.rowStart).toBeLessThanOrEqual(1024);
      }),
    );
  });

  it('stay the same while the window moves a little', () => {
    const size = { rows: 14_336, columns: 14_336 };
    const at = (row: number) => tileFor(visibleRegion({ row, column: 5000, rows: 300 }, size), size, 1024);
    expect(at(5003)).toEqual(at(5001));
  });
});
