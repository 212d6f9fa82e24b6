import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColourScale } from './colours';
import { VIRIDIS, position, valueAt } from './colours';
import { geometry, pictureSide, placeAfterKey } from './geometry';
import { matchedOrder, positions } from './order';
import { paintGrid } from './paint';
import { colourScale } from './scale';

/** Red, green and blue of a pixel of ImageData on a little-endian machine. */
const rgb = (pixel: number) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

function paint(values: number[], width: number, scale: ColourScale, order?: Parameters<typeof paintGrid>[2]) {
  const out = new Uint32Array(values.length);
  paintGrid({ values: Float32Array.from(values), width, height: values.length / width }, scale, order, out);
  return out;
}

describe('the colour map', () => {
  it('is viridis: its published ends and middle, opaque', () => {
    expect(rgb(VIRIDIS[0] ?? 0)).toEqual([0x44, 0x01, 0x54]);
    expect(rgb(VIRIDIS[255] ?? 0)).toEqual([0xfd, 0xe7, 0x25]);
    // matplotlib's viridis at 128 of 256.
    const middle = rgb(VIRIDIS[128] ?? 0);
    for (const [i, value] of [0x21, 0x91, 0x8c].entries())
      expect(Math.abs((middle[i] ?? 0) - value)).toBeLessThan(3);
    expect([...VIRIDIS].every((pixel) => pixel >>> 24 === 255)).toBe(true);
  });
});

describe('painting', () => {
  it('gives every value the colour of its place on the scale, to the nearest step', () => {
    const scales = fc.record({
      kind: fc.constantFrom('log' as const, 'linear' as const),
      low: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      ratio: fc.double({ min: 2, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(
        scales,
        fc.array(fc.float({ min: 0, max: 2, noNaN: true }), { minLength: 1 }),
        ({ kind, low, ratio }, values) => {
          const scale = { kind, low, high: low * ratio };
          const steps = paint(values, 1, scale);
          for (const [i, value] of values.entries()) {
            // Viridis has the same colour at two neighbouring steps in two places.
            const off = [...VIRIDIS.keys()]
              .filter((step) => VIRIDIS[step] === steps[i])
              .map((step) => Math.abs(step - 255 * position(scale, value)));
            // Half a step of rounding; a log scale also knows its values only to one part in 256.
            const blur = kind === 'log' ? (255 * Math.log1p(1 / 256)) / Math.log(ratio) : 0;
            expect(Math.min(...off)).toBeLessThan(0.51 + blur);
          }
        },
      ),
    );
  });

  it('takes the end colours outside the scale, zero included', () => {
    const scale = { kind: 'log', low: 0.01, high: 1 } as const;
    expect([...paint([0, 1e-30, 5], 3, scale)]).toEqual([VIRIDIS[0], VIRIDIS[0], VIRIDIS[255]]);
  });

  it('reorders rows and columns', () => {
    const scale = { kind: 'linear', low: 0, high: 255 } as const;
    const order = { rows: Uint32Array.of(1, 0), columns: Uint32Array.of(2, 0, 1) };
    const out = paint([0, 1, 2, 10, 11, 12], 3, scale, order);
    expect([...out].map((pixel) => VIRIDIS.indexOf(pixel))).toEqual([12, 10, 11, 2, 0, 1]);
  });
});

describe('the colour scale', () => {
  const picture = (kind: 'cost' | 'plan' | 'permutation', low: number, high: number) =>
    ({ kind, low, high }) as Parameters<typeof colourScale>[0];

  it('is the same for every plan of n neurons, whatever its values', () => {
    const view = { scale: 'log', fit: false } as const;
    expect(colourScale(picture('plan', 0, 0.2), 128, view)).toEqual(
      colourScale(picture('plan', 0.01, 0.9), 128, view),
    );
    // The uniform plan is dark but not black: between the lowest fifth of the scale and its bottom.
    expect(position(colourScale(picture('plan', 0, 1), 128, view), 1 / 128)).toBeCloseTo(0.22, 2);
  });

  it('fits costs to their range and survives a cost of zero and a constant picture', () => {
    const view = { scale: 'log', fit: false } as const;
    const scale = colourScale(picture('cost', 0, 2), 128, view);
    expect(scale.low).toBeGreaterThan(0);
    expect(scale.high).toBe(2);
    expect(position(colourScale(picture('cost', 0, 0), 4, view), 0)).toBe(0);
    expect(position(colourScale(picture('cost', 3, 3), 4, { scale: 'linear', fit: false }), 3)).toBe(0);
  });

  it('has an inverse', () => {
    for (const kind of ['log', 'linear'] as const) {
      const scale = { kind, low: 0.002, high: 3 };
      for (const t of [0, 0.3, 1]) expect(position(scale, valueAt(scale, t))).toBeCloseTo(t, 12);
    }
  });
});

describe('the matched order', () => {
  it('puts pairs on the diagonal, surest first', () => {
    const order = matchedOrder(Uint32Array.of(2, 0, 1), Float32Array.of(0.5, 0.9, 0.1), 3);
    expect([...order.rows]).toEqual([1, 0, 2]);
    expect([...order.columns]).toEqual([0, 2, 1]);
  });

  it('is a permutation of rows and of columns, also where rows share a partner', () => {
    const cases = fc.array(fc.record({ partner: fc.nat({ max: 19 }), strength: fc.float({ noNaN: true }) }), {
      minLength: 20,
      maxLength: 20,
    });
    fc.assert(
      fc.property(cases, (rows) => {
        const partner = Uint32Array.from(rows, (row) => row.partner);
        const order = matchedOrder(
          partner,
          Float32Array.from(rows, (row) => row.strength),
          20,
        );
        const all = Array.from({ length: 20 }, (_, i) => i);
        expect([...order.rows].toSorted((a, b) => a - b)).toEqual(all);
        expect([...order.columns].toSorted((a, b) => a - b)).toEqual(all);
      }),
    );
  });
});

describe('geometry', () => {
  const order = { rows: Uint32Array.of(2, 0, 1), columns: Uint32Array.of(1, 2, 0) };

  it('takes places to cells and back', () => {
    const at = geometry(3, 3, order);
    for (const row of [0, 1, 2])
      for (const column of [0, 1, 2]) expect(at.placeOf(at.cellAt({ row, column }))).toEqual({ row, column });
    expect(at.cellAt({ row: 0, column: 0 })).toEqual({ row: 2, column: 1 });
    expect([...positions(order.rows)]).toEqual([1, 2, 0]);
  });

  it('stays inside under the pointer and under every key', () => {
    const at = geometry(3, 5, undefined);
    expect(at.cellAt({ row: -4, column: 99 })).toEqual({ row: 0, column: 4 });
    const press = (key: string, more = {}) =>
      placeAfterKey({ row: 1, column: 1 }, { key, shiftKey: false, ctrlKey: false, ...more }, at);
    expect(press('ArrowUp')).toEqual({ row: 0, column: 1 });
    expect(press('ArrowRight', { shiftKey: true })).toEqual({ row: 1, column: 4 });
    expect(press('PageDown')).toEqual({ row: 2, column: 1 });
    expect(press('End')).toEqual({ row: 1, column: 4 });
    expect(press('End', { ctrlKey: true })).toEqual({ row: 2, column: 4 });
    expect(press('Home', { ctrlKey: true })).toEqual({ row: 0, column: 0 });
    expect(press('a')).toBeUndefined();
  });

  it('gives small matrices cells of whole device pixels and large ones all the room', () => {
    expect(pictureSide(530, 128, 1)).toBe(512);
    expect(pictureSide(530, 64, 2)).toBe(512);
    expect(pictureSide(530.4, 384, 1)).toBe(530);
  });
});
