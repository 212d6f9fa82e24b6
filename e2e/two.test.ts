import { pageWidth, violations, violationsInBothThemes } from './accessible';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { quantity } from '../src/app/words/numbers';
import { DIVERGING } from '../src/app/drawing/colours';
import { selectedPair, pictureReady } from './browser';
import { visits } from './visits';
import { cellCentre, colours, grid, viridisPosition, referenceEngine, valuesOf } from './stage';

const N = 128;
const TENSOR = 'self_attn.q_proj';

describe('two pictures at once', () => {
  const { start } = visits();
  let engine: Engine;
  let soft: (row: number, column: number) => number;
  let wide: (row: number, column: number) => number;
  let hard: Uint32Array;

  beforeAll(async () => {
    engine = await referenceEngine();
    const solver = { ...DEFAULT_RECIPE.solver, epsilon: 0.2 };
    const a = await engine.run('align', { recipe: DEFAULT_RECIPE, gap: 6, tensor: TENSOR });
    const b = await engine.run('align', { recipe: { ...DEFAULT_RECIPE, solver }, gap: 6, tensor: TENSOR });
    const recipe = { ...DEFAULT_RECIPE, method: 'opt-deus:hard' } as const;
    hard = (await engine.run('align', { recipe, gap: 6, tensor: TENSOR })).assignment ?? new Uint32Array();
    soft = await valuesOf(engine, { key: a.key, kind: 'plan' });
    wide = await valuesOf(engine, { key: b.key, kind: 'plan' });
  });
  afterAll(() => engine?.dispose());

  const value = (page: Page, pane: string) => page.getByLabel(`${pane} at the cursor`).innerText();

  it('opens by a button or a key with the exact plan beside the soft one, and closes with one click', async () => {
    const page = await start({ hash: '#order=index' });
    await page.getByRole('button', { name: 'A | B' }).click();
    await pictureReady(page);
    expect(await page.locator('.pane').count()).toBe(2);
    // A row and its assigned column: bright in the exact plan, at the same place in both pictures.
    const column = hard[40] ?? NaN;
    const spot = [(column + 0.5) / N, 40.5 / N] as const;
    const [exact] = await colours(page, [spot], 'b');
    expect(viridisPosition(exact ?? [0, 0, 0])).toBe(1);
    const { x, y } = await cellCentre(page, N, 40, column);
    await page.mouse.move(x, y);
    await expect.poll(() => selectedPair(page)).toBe(`40 → ${column}`);
    await expect.poll(() => value(page, 'B')).toBe('1');
    expect(Number(await value(page, 'A'))).toBeCloseTo(soft(40, column), 2);

    await page.getByRole('button', { name: 'Close the second picture' }).click();
    await expect.poll(() => page.locator('.pane').count()).toBe(1);
    await page.keyboard.press('v');
    await expect.poll(() => page.locator('.pane').count()).toBe(2);
  });

  it('puts the null beside the plan by a button, a key or a link, sorted by its own matches', async () => {
    const against = { kind: 'null', draw: 0 } as const;
    const drawn = await engine.run('align', { recipe: DEFAULT_RECIPE, gap: 6, tensor: TENSOR, against });
    const { rows, columns } = await engine.run('order', { key: drawn.key, order: 'matched' });
    const mass = await valuesOf(engine, { key: drawn.key, kind: 'plan' });
    const page = await start();
    const button = page.getByRole('button', { name: 'Beside its null' });
    await button.click();
    await pictureReady(page);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('.pane[data-pane=b] .pane-words').innerText()).toContain('null');
    // The surest pair of the null is in its own corner.
    const box = await page.locator('.pane[data-pane=b] .cells').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 1, (box?.y ?? 0) + 1);
    const [row = 0, column = 0] = [rows[0], columns[0]];
    await expect.poll(() => selectedPair(page)).toBe(`${row} → ${column}`);
    await expect.poll(() => value(page, 'B')).toBe(quantity(mass(row, column), 3));
    expect(await violations(page)).toEqual([]);
    const link = page.url();
    await page.keyboard.press('n');
    await expect.poll(() => page.locator('.pane').count()).toBe(1);

    const again = await start({ hash: new URL(link).hash });
    await pictureReady(again);
    expect(await again.locator('.pane[data-pane=b] .pane-words').innerText()).toContain('null');
    await again.getByRole('button', { name: 'Beside its null' }).click();
    await expect.poll(() => again.locator('.pane').count()).toBe(1);
  });

  it('compares two ε under one cursor and one window, and a link restores it', async () => {
    const page = await start({ hash: '#order=index&panes=both' });
    await page.getByLabel('ε of B').fill('-2');
    expect(await page.getByLabel('ε of B').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('ε of B').fill('0.2');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(/b-eps=0\.2/);
    await pictureReady(page);

    // Both pictures share the cursor.
    await grid(page, 'b').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Shift+ArrowDown');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => selectedPair(page)).toBe('10 → 3');
    await expect.poll(() => value(page, 'B')).toBe(quantity(wide(10, 3), 3));
    expect(Math.abs(Number(await value(page, 'A')) / soft(10, 3) - 1)).toBeLessThan(0.02);

    // They share the window too.
    const at = await cellCentre(page, N, 10, 3);
    await page.mouse.move(at.x, at.y);
    await page.mouse.wheel(0, -640);
    await expect.poll(() => page.url()).toMatch(/window=/);
    const [row = NaN, column = NaN, rows = NaN] = (/window=([\d.]+),([\d.]+),([\d.]+)/.exec(page.url()) ?? [])
      .slice(1)
      .map(Number);
    const spot = [(3.2 - column) / rows, (10.2 - row) / rows] as const;
    for (const [pane, values] of [
      ['a', soft],
      ['b', wide],
    ] as const) {
      const [colour] = await colours(page, [spot], pane);
      const expected = Math.max(0, Math.log(values(10, 3) * 4 * N) / Math.log(4 * N));
      expect(Math.abs(viridisPosition(colour ?? [0, 0, 0]) - expected), pane).toBeLessThan(3 / 255);
    }

    const { hash } = new URL(page.url());
    const before = await colours(page, [spot], 'b');
    const again = await start({ hash });
    expect(new URL(again.url()).hash).toBe(hash);
    expect(await colours(again, [spot], 'b')).toEqual(before);
    expect(await again.getByLabel('ε of B').inputValue()).toBe('0.2');
  });

  it('draws the difference with the colours of A − B at twenty cells', async () => {
    const page = await start({ hash: '#order=index&panes=both&b-eps=0.2&scale=linear' });
    await page.getByRole('button', { name: 'A − B' }).click();
    await expect.poll(() => page.url()).toMatch(/panes=difference/);
    await pictureReady(page);
    const map = [...DIVERGING].map((pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]);
    const cells = Array.from({ length: 20 }, (_, i) => [(i * 37) % N, (i * 53 + 11) % N] as const);
    // Expected: the pairs where the two plans differ most.
    const strong = Array.from({ length: N }, (_, row) =>
      Array.from({ length: N }, (_, column) => [row, column] as const),
    )
      .flat()
      .toSorted(([r, c], [s, d]) => Math.abs(soft(s, d) - wide(s, d)) - Math.abs(soft(r, c) - wide(r, c)));
    const chosen = [...cells.slice(0, 10), ...strong.slice(0, 10)];
    const got = await colours(
      page,
      chosen.map(([row, column]) => [(column + 0.5) / N, (row + 0.5) / N] as const),
      'difference',
    );
    for (const [i, colour] of got.entries()) {
      const [row, column] = chosen[i] ?? [NaN, NaN];
      const t = (soft(row, column) - wide(row, column) + 1) / 2;
      const steps = map.flatMap((step, k) => (step.every((channel, c) => channel === colour[c]) ? [k] : []));
      expect(steps.length, `${row}, ${column}: ${colour}`).toBeGreaterThan(0);
      expect(Math.min(...steps.map((step) => Math.abs(step - 255 * t)))).toBeLessThan(1.5);
    }
    const [row, column] = strong[0] ?? [NaN, NaN];
    const { x, y } = await cellDifference(page, row, column);
    await page.mouse.move(x, y);
    await expect.poll(() => selectedPair(page)).toBe(`${row} → ${column}`);
    const shown = (await value(page, 'A − B')).replace('−', '-');
    expect(Number(shown)).toBeCloseTo(soft(row, column) - wide(row, column), 2);
  });

  async function cellDifference(page: Page, row: number, column: number) {
    const box = await grid(page, 'difference').boundingBox();
    if (!box) throw new Error('the difference has no box');
    return { x: box.x + ((column + 0.5) / N) * box.width, y: box.y + ((row + 0.5) / N) * box.height };
  }

  it('changes between A and B in place, and to another gap or tensor of the same size', async () => {
    const page = await start({ hash: '#order=index&panes=both' });
    await page.getByLabel('Gap of B').selectOption('4');
    await page.getByLabel('Tensor of B').selectOption('o');
    await pictureReady(page);
    await expect.poll(() => page.locator('[data-pane=b] .pane-words').innerText()).toMatch(/o · 4\|5/);
    await page
      .getByRole('group', { name: 'Pictures' })
      .getByRole('button', { name: 'B', exact: true })
      .click();
    await pictureReady(page);
    expect(await page.locator('[data-pane=b]').count()).toBe(1);
    expect(await page.locator('[data-pane=a]').count()).toBe(0);
    // For a tensor with other rows the second picture changes with the first.
    await page.getByRole('button', { name: 'k', exact: true }).click();
    await pictureReady(page);
    await expect.poll(() => page.locator('[data-pane=b] .pane-words').innerText()).toMatch(/k · 4\|5/);
  });

  it('says why a method without a plan has no picture beside a plan', async () => {
    const page = await start({ hash: '#order=index&panes=both&b-method=average' });
    await expect.poll(() => page.locator('[data-pane=b]').getByRole('alert').innerText()).toMatch(/no plan/);
    await page.getByRole('button', { name: 'cost', exact: true }).click();
    await pictureReady(page);
    await expect.poll(() => page.locator('[data-pane=b] .pane-words').innerText()).toMatch(/average/i);
  });

  it('has no accessibility violation, in light and dark, and stacks on a phone', async () => {
    const page = await start({ hash: '#panes=both&b-method=opt-deus:hard&window=8,8,40' });
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => pageWidth(page)).toBe(390);
    const [a, b] = await Promise.all([grid(page, 'a').boundingBox(), grid(page, 'b').boundingBox()]);
    expect(b?.y).toBeGreaterThan((a?.y ?? NaN) + (a?.height ?? NaN));
    expect(b?.width).toBeGreaterThan(200);
  });
});
