import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { COSTS, SIZE, SOURCES, TARGETS, type Point } from '../src/lessons/by-hand/problem';
import { assign } from '../src/transport/assignment';
import { pageWidth, violations } from './accessible';
import { visits } from './visits';

const { visit } = visits();

const cell = (page: Page, row: number, column: number): Locator =>
  page.locator('.plan-grid .pair').nth(row * SIZE + column);
const status = (page: Page): Promise<string> => page.locator('.by-hand-status').innerText();
const units = (page: Page): Promise<string[]> => page.locator('.plan-grid .pair b').allInnerTexts();

/** The cost of a one-to-one plan, as the page writes it. */
const costOf = (targets: ArrayLike<number>): string =>
  String(
    Number(
      (Array.from(targets).reduce((sum, j, i) => sum + (COSTS[i]?.[j] ?? NaN), 0) / SIZE).toPrecision(4),
    ),
  );
const exact = (): Promise<{ assignment: Uint32Array }> => assign(Float64Array.from(COSTS.flat()), SIZE, SIZE);

/** The place of a point on the screen. */
async function placeOf(page: Page, point: Point | undefined): Promise<[number, number]> {
  return page.locator('.plane').evaluate(
    (svg, { x, y }) => {
      const { x: left, y: top } = new DOMPoint(100 * x, 100 * y).matrixTransform(
        (svg as unknown as SVGSVGElement).getScreenCTM() ?? undefined,
      );
      return [left, top] as [number, number];
    },
    point ?? { x: NaN, y: NaN },
  );
}

describe('a plan painted by hand', () => {
  it('is poured by dragging in the plane, from either end, and taken back by doing it again', async () => {
    const page = await visit({ hash: '#lesson=by-hand' });
    const draw = async (from: Point | undefined, to: Point | undefined) => {
      const [a, b] = [await placeOf(page, from), await placeOf(page, to)];
      await page.mouse.move(...a);
      await page.mouse.down();
      await page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      await page.mouse.move(...b);
      await page.mouse.up();
    };
    await page.locator('.plane').waitFor();
    await page.locator('.plane').scrollIntoViewIfNeeded();
    await draw(SOURCES[0], TARGETS[1]);
    await expect.poll(() => cell(page, 0, 1).locator('b').innerText()).toBe('5');
    await page.locator('.plane').scrollIntoViewIfNeeded();
    await draw(TARGETS[2], SOURCES[2]);
    await expect.poll(() => cell(page, 2, 2).locator('b').innerText()).toBe('5');
    await page.locator('.plane').scrollIntoViewIfNeeded();
    await draw(SOURCES[0], TARGETS[1]);
    await expect.poll(() => cell(page, 0, 1).locator('b').innerText()).toBe('');
  });

  it('is painted by keyboard alone, equals the exact assignment and is never below it', async () => {
    const page = await visit({ hash: '#lesson=by-hand' });
    const { assignment } = await exact();
    await cell(page, 0, 0).focus();
    await page.keyboard.press('3');
    await expect.poll(() => status(page)).toMatch(/^Cost so far 0\.03; 22 units to place\.$/);
    await page.keyboard.press('+');
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    await expect.poll(async () => (await units(page))[0]).toBe('2');
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await units(page))[0]).toBe('3');
    // Undo is that of the painting, and digits choose no tensor here.
    expect(page.url()).not.toMatch(/tensor=/);
    await page.keyboard.press('Delete');
    // By index first: a complete plan shows the optimum.
    for (let row = 0; row < SIZE; row++) {
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
    }
    const byIndex = costOf([0, 1, 2, 3, 4]);
    await expect
      .poll(() => status(page))
      .toBe(`Complete. Cost ${byIndex}; the optimum is ${costOf(assignment)}.`);
    await page.getByRole('button', { name: 'Clear' }).click();
    await cell(page, 0, 0).focus();
    let column = 0;
    for (const [row, wanted] of assignment.entries()) {
      if (row > 0) await page.keyboard.press('ArrowDown');
      for (; column < wanted; column++) await page.keyboard.press('ArrowRight');
      for (; column > wanted; column--) await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('5');
    }
    await expect
      .poll(() => status(page))
      .toBe(`Complete. Cost ${costOf(assignment)}, equal to the optimum: no plan is cheaper.`);
    expect(await violations(page)).toEqual([]);
  });

  it('is tapped on a phone, and what is too much is said', async () => {
    const page = await visit({ hash: '#lesson=by-hand', width: 390, height: 844, touch: true });
    await cell(page, 4, 3).tap();
    await cell(page, 4, 3).tap();
    await expect.poll(() => cell(page, 4, 3).locator('b').innerText()).toBe('2');
    await page.getByRole('button', { name: 'One unit more' }).tap();
    await page.getByRole('button', { name: 'One unit more' }).tap();
    await page.getByRole('button', { name: 'One unit more' }).tap();
    await cell(page, 4, 3).tap();
    await expect.poll(() => cell(page, 4, 3).locator('b').innerText()).toBe('');
    await page.locator('.by-hand').getByRole('button', { name: 'Undo' }).tap();
    await cell(page, 4, 2).tap();
    await expect.poll(() => status(page)).toMatch(/a row or column has too much/);
    await expect.poll(() => page.locator('.row-end').nth(4).innerText()).toBe('1 over');
    expect(await pageWidth(page)).toBe(390);
    expect(await violations(page)).toEqual([]);
  });
});

describe('a plan scaled half-step by half-step', () => {
  it('levels its marginals by keys, is told from the start again by ε, and chooses no half-step of the stage', async () => {
    const page = await visit({ hash: '#lesson=by-hand&lesson-step=5' });
    await page.getByText('No, scaling columns changes rows.').click();
    const next = page.locator('.scale-next');
    await expect.poll(() => next.innerText()).toBe('Scale columns');
    const sums = (end: 'row' | 'column'): Promise<string[]> =>
      page.locator(`.${end}-end small`).allInnerTexts();
    await next.focus();
    await page.keyboard.press('.');
    await expect.poll(() => status(page)).toMatch(/^Columns scaled: 1 half-step, error 0\.23$/);
    expect(await sums('column')).toEqual(['1.00', '1.00', '1.00', '1.00', '1.00']);
    expect(await sums('row')).not.toEqual(['1.00', '1.00', '1.00', '1.00', '1.00']);
    await page.keyboard.press('Enter');
    await expect.poll(() => status(page)).toMatch(/^Rows scaled: 2 half-steps/);
    expect(await sums('row')).toEqual(['1.00', '1.00', '1.00', '1.00', '1.00']);
    await page.keyboard.press(',');
    await expect.poll(() => status(page)).toMatch(/^Columns scaled: 1 half-step/);
    for (let step = 0; step < 11; step++) await page.keyboard.press('.');
    await expect.poll(() => status(page)).toMatch(/^Rows scaled: 12 half-steps, error 0\.0047$/);
    await page.locator('.by-hand-epsilon input').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => status(page)).toMatch(/^exp\(−M\/ε\), nothing scaled yet: 0 half-steps/);
    await page.getByRole('button', { name: 'Until level' }).click();
    await expect.poll(() => status(page)).toMatch(/scaled: 1\d half-steps, error 0\.00\d+$/);
    expect(page.url()).not.toMatch(/[#&]step=/);
    expect(await violations(page)).toEqual([]);
  });
});
