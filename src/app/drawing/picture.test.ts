import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColourScale } from './colours';
import { DIVERGING, VIRIDIS, colourOf, paint, position, valueAt } from './colours';
import { geometry, pictureSide, placeAfterKey } from './geometry';
import { inverseOrder } from './order';
import { colourScale, ticksOf } from './scale';
import { byRow, halved, reordered } from './texture';

/** Red, green and blue of a pixel of ImageData on a little-endian machine. */
const rgb = (pixel: number) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

/** CIE L* of a pixel, that is its lightness in grey print (IEC 61966-2-1 and CIE 15). */
function lightness(pixel: number): number {
  const [red = 0, green = 0, blue = 0] = rgb(pixel).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return y > 216 / 24389 ? 116 * Math.cbrt(y) - 16 : (24389 / 27) * y;
}

function paintAll(values: number[], scale: ColourScale) {
  const out = new Uint32Array(values.length);
  paint(Float32Array.from(values), scale, out);
  return out;
}

describe('the colour maps', () => {
  it('are viridis, with its published ends and middle, and opaque', () => {
    expect(rgb(VIRIDIS[0] ?? 0)).toEqual([0x44, 0x01, 0x54]);
    expect(rgb(VIRIDIS[255] ?? 0)).toEqual([0xfd, 0xe7, 0x25]);
    // matplotlib's viridis at 128 of 256.
    const middle = rgb(VIRIDIS[128] ?? 0);
    for (const [i, value] of [0x21, 0x91, 0x8c].entries())
      expect(Math.abs((middle[i] ?? 0) - value)).toBeLessThan(3);
    for (const map of [VIRIDIS, DIVERGING])
      expect([...map].every((pixel) => pixel >>> 24 === 255)).toBe(true);
  });

  it('keep the order of values, and the sign of differences, in grey print', () => {
    for (const map of [VIRIDIS, DIVERGING]) {
      const steps = [...map].map(lightness);
      // With eight bits per channel, neighbours may be equal, but the order is never wrong by more than rounding.
      for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan((steps[i - 1] ?? 0) - 0.35);
      for (let i = 8; i < steps.length; i++) expect(steps[i]).toBeGreaterThan((steps[i - 8] ?? 0) + 0.5);
    }
  });

  it('show no difference in grey, more in yellow and less in blue', () => {
    const middle = rgb(DIVERGING[127] ?? 0);
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThan(6);
    const [lowRed = 0, , lowBlue = 0] = rgb(DIVERGING[20] ?? 0);
    const [highRed = 0, , highBlue = 0] = rgb(DIVERGING[235] ?? 0);
    expect(lowBlue - lowRed).toBeGreaterThan(60);
    expect(highRed - highBlue).toBeGreaterThan(60);
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
          const scale = { kind, map: 'viridis', low, high: low * ratio } as const;
          const steps = paintAll(values, scale);
          for (const [i, value] of values.entries()) {
            // Viridis has the same colour at two neighbouring steps in two places.
            const off = [...VIRIDIS.keys()]
              .filter((step) => VIRIDIS[step] === steps[i])
              .map((step) => Math.abs(step - 255 * position(scale, value)));
            // Half a step of rounding; on a log scale values also have a precision of 1/256 only.
            const blur = kind === 'log' ? (255 * Math.log1p(1 / 256)) / Math.log(ratio) : 0;
            expect(Math.min(...off)).toBeLessThan(0.51 + blur);
          }
        },
      ),
    );
  });

  it('takes the end colours outside the scale, zero included', () => {
    const scale = { kind: 'log', map: 'viridis', low: 0.01, high: 1 } as const;
    expect([...paintAll([0, 1e-30, 5, -1], scale)]).toEqual([
      VIRIDIS[0],
      VIRIDIS[0],
      VIRIDIS[255],
      VIRIDIS[0],
    ]);
  });

  it('paints differences alike on both sides of zero, on a log scale too', () => {
    for (const view of ['linear', 'log'] as const) {
      const scale = colourScale({ kind: 'difference', low: -0.5, high: 0.2 }, 64, {
        scale: view,
        fit: false,
      });
      expect(position(scale, 0)).toBe(0.5);
      for (const value of [0.001, 0.02, 0.4, 1]) {
        expect(position(scale, value) + position(scale, -value)).toBeCloseTo(1, 12);
        expect(position(scale, value)).toBeGreaterThanOrEqual(0.5);
      }
      expect([...paintAll([-9, 0, 9], scale)]).toEqual([DIVERGING[0], colourOf(scale, 0), DIVERGING[255]]);
    }
  });
});

describe('textures', () => {
  it('put rows and columns in order', () => {
    const order = { rows: Uint32Array.of(1, 0), columns: Uint32Array.of(2, 0, 1) };
    expect([...reordered(Float32Array.of(0, 1, 2, 10, 11, 12), 3, order)]).toEqual([12, 10, 11, 2, 0, 1]);
  });

  it('never lose a bright cell when they shrink, and keep the mean of means', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 17 }),
        fc.integer({ min: 1, max: 17 }),
        fc.nat(),
        (width, height, at) => {
          const values = new Float32Array(width * height);
          values[at % values.length] = -3;
          let grid: ReturnType<typeof halved> = { values, width, height };
          while (grid.width * grid.height > 1) grid = halved(grid, 'max');
          expect([...grid.values]).toEqual([-3]);
        },
      ),
    );
    const four = halved({ values: Float32Array.of(1, 2, 3, 6), width: 2, height: 2 }, 'mean');
    expect([...four.values]).toEqual([3]);
  });

  it('divide rows by their largest value, and leave a row of zeros', () => {
    const grid = {
      values: Float32Array.of(1, 2, 0, 0),
      width: 2,
      height: 2,
      rows: { start: 0, end: 2 },
      columns: { start: 0, end: 2 },
      rowHigh: Float32Array.of(4, 0),
    };
    expect([...byRow(grid)]).toEqual([0.25, 0.5, 0, 0]);
  });
});

describe('the colour scale', () => {
  const picture = (kind: 'cost' | 'plan' | 'permutation', low: number, high: number) => ({ kind, low, high });

  it('is the same for every plan of n neurons, whatever its values', () => {
    const view = { scale: 'log', fit: false } as const;
    expect(colourScale(picture('plan', 0, 0.2), 128, view)).toEqual(
      colourScale(picture('plan', 0.01, 0.9), 128, view),
    );
    // The uniform plan is dark but not black: within the lowest fifth of the scale, above its bottom.
    expect(position(colourScale(picture('plan', 0, 1), 128, view), 1 / 128)).toBeCloseTo(0.22, 2);
  });

  it('is yellow where neurons are near: at the largest mass and at the smallest distance', () => {
    const yellow = VIRIDIS[255];
    for (const view of [
      { scale: 'log', fit: false },
      { scale: 'linear', fit: true },
      { scale: 'row', fit: false },
    ] as const) {
      const cost = colourScale(picture('cost', 0.5, 2), 128, view, 0.25);
      expect([colourOf(cost, cost.low), colourOf(cost, cost.high)]).toEqual([yellow, VIRIDIS[0]]);
      const plan = colourScale(picture('plan', 0, 1), 128, view);
      expect(colourOf(plan, plan.high)).toBe(yellow);
    }
    const permutation = colourScale(picture('permutation', 0, 1), 128, { scale: 'log', fit: false });
    expect(colourOf(permutation, 1)).toBe(yellow);
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
      const scale = { kind, map: 'viridis', low: 0.002, high: 3 } as const;
      for (const t of [0, 0.3, 1]) expect(position(scale, valueAt(scale, t))).toBeCloseTo(t, 12);
    }
    const signed = { kind: 'signed-log', map: 'diverging', low: -1, high: 1, floor: 0.01 } as const;
    for (const t of [0, 0.2, 0.8, 1]) expect(position(signed, valueAt(signed, t))).toBeCloseTo(t, 12);
    expect(valueAt(signed, 0.5)).toBe(0);
  });

  it('has a handful of round ticks inside its range, with zero among those of differences', () => {
    const ranges = fc.tuple(
      fc.double({ min: 1e-6, max: 10, noNaN: true }),
      fc.double({ min: 1.05, max: 1e7, noNaN: true }),
    );
    fc.assert(
      fc.property(ranges, fc.constantFrom('log' as const, 'linear' as const), ([low, ratio], kind) => {
        const ticks = ticksOf({ kind, map: 'viridis', low, high: low * ratio });
        expect(ticks.length).toBeLessThanOrEqual(6);
        for (const { value, t } of ticks) {
          // A tick slightly outside is clamped to its end of the scale.
          const hair = kind === 'linear' ? 1e-5 * low * ratio : 1e-4 * value;
          expect(value).toBeGreaterThanOrEqual(low - hair);
          expect(value).toBeLessThanOrEqual(low * ratio + hair);
          expect(t).toBeGreaterThanOrEqual(0);
        }
        if (kind === 'log' && ratio > 100) expect(ticks.length).toBeGreaterThanOrEqual(2);
        if (kind === 'linear') expect(ticks.length).toBeGreaterThanOrEqual(2);
      }),
    );
    expect(ticksOf({ kind: 'log', map: 'viridis', low: 0.002, high: 1 }).map(({ value }) => value)).toEqual([
      0.003, 0.01, 0.03, 0.1, 0.3, 1,
    ]);
    const signed = ticksOf({ kind: 'signed-log', map: 'diverging', low: -1, high: 1, floor: 0.01 });
    // What is as small as the floor has the place of zero.
    expect(signed.map(({ value }) => value)).toEqual([-1, -0.1, 0, 0.1, 1]);
  });

  it('has no two ticks in one place, whatever the range', () => {
    const kinds = fc.constantFrom('plan' as const, 'cost' as const, 'difference' as const);
    const scales = fc.constantFrom('log' as const, 'linear' as const, 'row' as const);
    const range = fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: 0, max: 1 }));
    fc.assert(
      fc.property(
        kinds,
        scales,
        fc.boolean(),
        fc.nat(4000),
        range,
        (kind, scale, fit, rows, [end, share]) => {
          const high = kind === 'difference' ? end : Math.abs(end);
          const chosen = colourScale({ kind, low: high * share, high }, rows + 1, { scale, fit });
          const places = ticksOf(chosen).map(({ t }) => t);
          expect(places.every((t) => t >= 0 && t <= 1)).toBe(true);
          expect(new Set(places).size).toBe(places.length);
        },
      ),
      { numRuns: 3000 },
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
    expect([...inverseOrder(order.rows)]).toEqual([1, 2, 0]);
  });

  it('stays inside under the pointer and under every key', () => {
    const at = geometry(3, 5, undefined);
    expect(at.cellAt({ row: -4, column: 99 })).toEqual({ row: 0, column: 4 });
    const press = (key: string, more = {}) =>
      placeAfterKey({ row: 1, column: 1 }, { key, shiftKey: false, ctrlKey: false, ...more }, at);
    expect(press('ArrowUp')).toEqual({ row: 0, column: 1 });
    expect(press('ArrowRight', { shiftKey: true })).toEqual({ row: 1, column: 4 });
    expect(press('ArrowDown', { ctrlKey: true })).toEqual({ row: 2, column: 1 });
    expect(press('PageDown')).toEqual({ row: 2, column: 1 });
    expect(press('End')).toEqual({ row: 1, column: 4 });
    expect(press('End', { ctrlKey: true })).toEqual({ row: 2, column: 4 });
    expect(press('Home', { ctrlKey: true })).toEqual({ row: 0, column: 0 });
    expect(press('a')).toBeUndefined();
  });

  it('goes ten cells with Shift, a hundred with Ctrl, and pages by what is in sight', () => {
    const at = geometry(500, 500, undefined);
    const press = (key: string, more = {}, visibleRows?: number) =>
      placeAfterKey(
        { row: 200, column: 200 },
        { key, shiftKey: false, ctrlKey: false, ...more },
        at,
        visibleRows,
      );
    expect(press('ArrowDown', { shiftKey: true })).toEqual({ row: 210, column: 200 });
    expect(press('ArrowLeft', { ctrlKey: true })).toEqual({ row: 200, column: 100 });
    expect(press('PageUp', {}, 40)).toEqual({ row: 190, column: 200 });
    expect(press('PageDown')).toEqual({ row: 325, column: 200 });
  });

  it('gives small matrices cells of whole device pixels and large ones all the room', () => {
    expect(pictureSide(530, 128, 1)).toBe(512);
    expect(pictureSide(530, 64, 2)).toBe(512);
    expect(pictureSide(530.4, 384, 1)).toBe(530);
  });
});
