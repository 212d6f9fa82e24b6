import { violationsInBothThemes } from './accessible';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine';
import { parseConfig } from '../src/llama/config';
import { TINY, randomTensors } from '../src/llama/testing';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { Random } from '../tests/random';
import { shuffleUnits } from '../tests/symmetry';
import { selectedPair, pictureReady } from './browser';
import { visits } from './visits';
import {
  cellCentre,
  colours,
  grid,
  planScalePosition,
  viridisPosition,
  openTensors,
  referenceEngine,
  valuesOf,
} from './stage';

const N = 128;

describe('the heatmap', () => {
  const { start } = visits();
  let engine: Engine;
  let key: string;
  let plan: (row: number, column: number) => number;

  beforeAll(async () => {
    engine = await referenceEngine();
    const aligned = await engine.run('align', {
      recipe: DEFAULT_RECIPE,
      gap: 6,
      tensor: 'self_attn.q_proj',
    });
    ({ key } = aligned);
    plan = await valuesOf(engine, { key, kind: 'plan' });
  });
  afterAll(() => engine?.dispose());

  /** Twenty cells of a window, and points inside them to read colours at, away from borders and numbers. */
  function twenty(row: number, column: number, rows: number) {
    const random = new Random(rows);
    // Large cells have a number in the middle; in small cells only the middle is clear of borders.
    const within = rows <= 32 ? 0.2 : 0.5;
    return Array.from({ length: 20 }, () => {
      const cell = {
        row: row + Math.floor(random.uniform() * rows),
        column: column + Math.floor(random.uniform() * rows),
      };
      const spot = [(cell.column - column + within) / rows, (cell.row - row + within) / rows] as const;
      return { cell, spot };
    });
  }

  it.each([1, 2])(
    'has the colours of the engine’s values at twenty cells, at %i device pixels per CSS pixel',
    async (scale) => {
      const page = await start({ hash: '#order=index', scale, backend: 'webgpu' });
      for (const [row, column, rows] of [
        [0, 0, N],
        [40, 72, 32],
        [90, 11, 8],
      ] as const) {
        const window = rows === N ? '' : `&window=${row},${column},${rows}`;
        await page.evaluate((hash) => (location.hash = hash), `#order=index${window}`);
        const cells = twenty(row, column, rows);
        const expected = cells.map(({ cell }) => planScalePosition(plan(cell.row, cell.column), N));
        // These cells must differ in colour, or the test could not fail.
        expect(new Set(expected.map((place) => Math.round(place * 16))).size).toBeGreaterThan(4);
        const furthest = async (): Promise<number> => {
          const got = await colours(
            page,
            cells.map(({ spot }) => spot),
          );
          return Math.max(
            ...got.map((colour, i) => Math.abs(viridisPosition(colour) - (expected[i] ?? NaN))),
          );
        };
        // One step of 256 for rounding, one for the seven binary digits of the table, one for f32 against f64.
        await expect.poll(furthest, { message: window }).toBeLessThan(3 / 255);
      }
    },
  );

  it('has linear and per-row scales', async () => {
    const page = await start({ hash: '#order=index', backend: 'webgpu' });
    const cells = [
      [40, 93],
      [101, 4],
      [7, 70],
    ] as const;
    const spots = cells.map(([row, column]) => [(column + 0.5) / N, (row + 0.5) / N] as const);
    await page.getByRole('button', { name: 'linear', exact: true }).click();
    await expect.poll(() => page.url()).toMatch(/scale=linear/);
    for (const [i, colour] of (await colours(page, spots)).entries()) {
      const [row, column] = cells[i] ?? [0, 0];
      expect(Math.abs(viridisPosition(colour) - plan(row, column))).toBeLessThan(2 / 255);
    }
    await page.getByRole('button', { name: 'per row' }).click();
    await expect.poll(() => page.url()).toMatch(/scale=row/);
    for (const [i, colour] of (await colours(page, spots)).entries()) {
      const [row, column] = cells[i] ?? [0, 0];
      const most = Math.max(...Array.from({ length: N }, (_, j) => plan(row, j)));
      expect(Math.abs(viridisPosition(colour) - plan(row, column) / most)).toBeLessThan(2 / 255);
    }
  });

  it('zooms with the wheel to the pointer, pans by dragging, and a link restores what is in sight', async () => {
    const page = await start({ hash: '#order=index' });
    const at = await cellCentre(page, N, 40, 93);
    await page.mouse.move(at.x, at.y);
    await expect.poll(() => selectedPair(page)).toBe('40 → 93');
    await page.mouse.wheel(0, -900);
    await expect.poll(() => page.url()).toMatch(/window=/);
    // The same cell is still under the pointer.
    await page.mouse.move(at.x + 1, at.y);
    await expect.poll(() => selectedPair(page)).toBe('40 → 93');
    const inSight = await page.getByLabel('Places in sight').innerText();

    // Dragging three cells to the left and one down puts other cells under the pointer, and pins none.
    const rows = Number(/window=[\d.]+,[\d.]+,([\d.]+)/.exec(page.url())?.[1]);
    const cell = ((await grid(page).boundingBox())?.width ?? NaN) / rows;
    await page.mouse.down();
    await page.mouse.move(at.x - 3 * cell, at.y + cell, { steps: 6 });
    await page.mouse.up();
    await expect.poll(() => page.getByLabel('Places in sight').innerText()).not.toBe(inSight);
    await page.mouse.move(at.x, at.y);
    await expect.poll(() => selectedPair(page)).toBe('39 → 96');
    expect(page.url()).not.toMatch(/cell=/);
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(() => page.url()).toMatch(/cell=39\.96/);

    const { hash } = new URL(page.url());
    const [before] = await colours(page, [[0.3, 0.3]]);
    const again = await start({ hash });
    expect(new URL(again.url()).hash).toBe(hash);
    expect(await colours(again, [[0.3, 0.3]])).toEqual([before]);

    // Zooming out completely shows the whole matrix, and removes the window from the link.
    await again.mouse.move(at.x, at.y);
    await again.mouse.wheel(0, 4000);
    await expect.poll(() => again.url()).not.toMatch(/window=/);
  });

  it('zooms with buttons, in steps that can be taken back', async () => {
    const page = await start({ hash: '#order=index' });
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => page.url()).toMatch(/window=32,32,64(?:&|$)/);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => page.url()).toMatch(/window=48,48,32(?:&|$)/);
    expect(await page.getByLabel('Places in sight').innerText()).toBe('48–79 × 48–79');
    await page.getByRole('button', { name: 'Zoom out' }).click();
    await expect.poll(() => page.url()).toMatch(/window=32,32,64(?:&|$)/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => page.url()).not.toMatch(/window=/);
  });

  it('is worked by keyboard: the cursor moves in small and large steps, zooms, and stays in sight', async () => {
    const page = await start({ hash: '#order=index' });
    await grid(page).focus();
    await page.keyboard.press('Control+Home');
    await expect.poll(() => selectedPair(page)).toBe('0 → 0');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => selectedPair(page)).toBe('10 → 1');
    await page.keyboard.press('Control+ArrowRight');
    await expect.poll(() => selectedPair(page)).toBe('10 → 101');
    await page.keyboard.press('End');
    await expect.poll(() => selectedPair(page)).toBe('10 → 127');
    await page.keyboard.press('Home');
    await expect.poll(() => selectedPair(page)).toBe('10 → 0');

    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    await expect.poll(() => page.url()).toMatch(/window=/);
    const sight = async () => {
      const numbers = (await page.getByLabel('Places in sight').innerText()).match(/\d+/g)?.map(Number);
      const [top = NaN, bottom = NaN, left = NaN, right = NaN] = numbers ?? [];
      return { top, bottom, left, right };
    };
    const before = await sight();
    expect(before.bottom - before.top).toBeLessThan(25);
    for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(() => selectedPair(page)).toBe('100 → 0');
    const after = await sight();
    expect(after.top).toBeLessThanOrEqual(100);
    expect(after.bottom).toBeGreaterThanOrEqual(100);
    await page.keyboard.press('PageUp');
    await expect.poll(async () => Number((await selectedPair(page)).split(' ')[0])).toBeLessThan(100);
    await page.keyboard.press('0');
    await expect.poll(() => page.url()).not.toMatch(/window=/);
    await page.keyboard.press('Shift+?');
    await page
      .getByRole('dialog', { name: /Keyboard/ })
      .getByText(/All of the matrix/)
      .waitFor();
  });

  it('sorts by norm and by cluster as the engine does, with every neuron once', async () => {
    const page = await start();
    for (const order of ['norm', 'cluster'] as const) {
      const { rows, columns } = await engine.run('order', { key, order });
      await page.getByRole('button', { name: order, exact: true }).click();
      await expect.poll(() => page.url()).toMatch(new RegExp(`order=${order}`));
      await pictureReady(page);
      for (const [row, column] of [
        [0, 0],
        [5, 100],
        [127, 64],
      ] as const) {
        const { x, y } = await cellCentre(page, N, row, column);
        await page.mouse.move(x, y);
        await expect.poll(() => selectedPair(page)).toBe(`${rows[row]} → ${columns[column]}`);
      }
      const [colour] = await colours(page, [[100.5 / N, 5.5 / N]]);
      const expected = planScalePosition(plan(rows[5] ?? NaN, columns[100] ?? NaN), N);
      expect(Math.abs(viridisPosition(colour ?? [0, 0, 0]) - expected)).toBeLessThan(3 / 255);
    }
  });

  it('draws a shuffled copy, sorted by assignment, as the identity', async () => {
    const units = 48;
    const raw = { ...TINY, hidden_size: 32, intermediate_size: units, num_hidden_layers: 2 };
    const config = parseConfig(raw);
    const tensors = randomTensors(config, 5);
    const prefix = 'model.layers.0.';
    const first = new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
    const shuffle = new Random(8).permutation(units);
    for (const [name, { shape, values }] of shuffleUnits(first, shuffle))
      tensors.set(`model.layers.1.${name}`, { dtype: 'F32', shape, values });

    const page = await start({ hash: '#tensor=gate' });
    await openTensors(page, raw, tensors);
    await pictureReady(page);
    const all = Array.from({ length: units }, (_, row) =>
      Array.from({ length: units }, (_, column) => [(column + 0.5) / units, (row + 0.5) / units] as const),
    ).flat();
    const bright = async () => (await colours(page, all)).map((colour) => viridisPosition(colour) > 0.95);
    const sorted = await bright();
    expect(sorted).toEqual(all.map((_, i) => Math.floor(i / units) === i % units));

    // By index the plan shows the shuffle: the partner of row i is where unit i was moved.
    await page.getByRole('button', { name: 'index', exact: true }).click();
    await expect.poll(() => page.url()).toMatch(/order=index/);
    expect(await bright()).toEqual(all.map((_, i) => shuffle[i % units] === Math.floor(i / units)));
  });

  it('shows single cells of a matrix too large for the page, and a bright line in all of it', async () => {
    const units = 1500;
    const raw = { ...TINY, hidden_size: 8, head_dim: 4, intermediate_size: units, num_hidden_layers: 2 };
    const tensors = randomTensors(parseConfig(raw), 3);
    const gates = [0, 1].map((layer) => tensors.get(`model.layers.${layer}.mlp.gate_proj.weight`)?.values);
    const [previous, next] = gates;
    if (!previous || !next) throw new Error('the model has no gate_proj');
    // Unit 777 of the first block is far from everything.
    for (let k = 0; k < 8; k++) previous[777 * 8 + k] = 30;
    const distance = (row: number, column: number) =>
      Math.hypot(
        ...Array.from(
          { length: 8 },
          (_, k) => (previous[row * 8 + k] ?? NaN) - (next[column * 8 + k] ?? NaN),
        ),
      );

    const page = await start({ hash: '#tensor=gate&method=average&picture=cost&order=index&scale=linear' });
    await openTensors(page, raw, tensors);
    await pictureReady(page);
    const middle = (row: number) => [0.37, (row + 0.5) / units] as const;
    const [line, above] = await colours(page, [middle(777), middle(760)]);
    // Yellow is near: what is far is dark.
    expect(viridisPosition(line ?? [0, 0, 0])).toBeLessThan(0.1);
    expect(viridisPosition(above ?? [0, 0, 0])).toBeGreaterThan(0.8);

    // With 16 rows in the window the engine is asked for these cells, and pointing at one names it.
    await page.evaluate(() => {
      location.hash = `${location.hash}&window=600,1200,16`;
    });
    await expect.poll(() => page.getByLabel('Places in sight').innerText()).toBe('600–615 × 1200–1215');
    await pictureReady(page);
    const cells = twenty(600, 1200, 16);
    const got = (
      await colours(
        page,
        cells.map(({ spot }) => spot),
      )
    ).map(viridisPosition);
    // The scale covers the whole matrix, so only relative positions on it are compared with distances.
    const [a, b] = [0, 1].map((i) => ({
      t: got[i] ?? NaN,
      cell: cells[i]?.cell ?? { row: NaN, column: NaN },
    }));
    expect(a && b).toBeDefined();
    for (const [i, { cell }] of cells.entries()) {
      const t = 1 - distance(cell.row, cell.column) / distance(777, 0);
      expect(Math.abs((got[i] ?? NaN) - t)).toBeLessThan(0.03);
    }
    const { x, y } = await cellCentre(page, 16, 3, 5);
    await page.mouse.move(x, y);
    await expect.poll(() => selectedPair(page)).toBe('603 → 1205');
    await page.getByRole('button', { name: 'norm', exact: true }).click();
    await page.getByRole('button', { name: 'Show all' }).click();
    await pictureReady(page);
    const top = await cellCentre(page, units, 0, 700);
    await page.mouse.move(top.x, top.y);
    // The row of largest norm is the one that the test inserted.
    await expect.poll(async () => (await selectedPair(page)).split(' ')[0]).toBe('777');
  });

  it('pans with one finger and zooms with two, and lets the page scroll where there is nothing to pan to', async () => {
    const page = await start({ hash: '#order=index', width: 390, height: 844, touch: true });
    await grid(page).scrollIntoViewIfNeeded();
    const touch = await page.context().newCDPSession(page);
    const box = await grid(page).boundingBox();
    if (!box) throw new Error('the picture has no box');
    const point = (x: number, y: number) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      touch.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: touchPoints.map((at, id) => ({ ...at, id })),
      });
    const style = () => grid(page).evaluate((element) => getComputedStyle(element).touchAction);
    expect(await style()).toBe('pan-y');

    await send('touchStart', [point(0.5, 0.5)]);
    await send('touchEnd', []);
    await expect.poll(() => page.url()).toMatch(/cell=6[34]\.6[34]/);

    await send('touchStart', [point(0.45, 0.5), point(0.55, 0.5)]);
    for (const spread of [0.1, 0.15, 0.2])
      await send('touchMove', [point(0.5 - spread, 0.5), point(0.5 + spread, 0.5)]);
    await send('touchEnd', []);
    await expect.poll(() => page.url()).toMatch(/window=/);
    const part = () => (/window=([\d.]+),([\d.]+),([\d.]+)/.exec(page.url()) ?? []).slice(1).map(Number);
    const [row = NaN, column = NaN, rows = NaN] = part();
    // Fingers moved four times as far apart zoom to a quarter.
    expect(rows).toBeGreaterThan(25);
    expect(rows).toBeLessThan(42);
    expect(await style()).toBe('none');

    await send('touchStart', [point(0.5, 0.5)]);
    for (const x of [0.45, 0.4, 0.3, 0.25]) await send('touchMove', [point(x, 0.5)]);
    await send('touchEnd', []);
    await expect.poll(() => part()[1]).toBeGreaterThan(column + 4);
    expect(part()[0]).toBeCloseTo(row, 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it('has no accessibility violation zoomed in, in light and dark', async () => {
    const page = await start({ hash: '#order=norm&scale=row&window=8,8,12' });
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});
