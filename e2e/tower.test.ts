import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { violationsInBothThemes } from './accessible';
import { pictureReady } from './browser';
import { visits } from './visits';
import { referenceEngine } from './stage';

const TEXT = 'public/corpus/fairy-heldout.txt';

const tower = (page: Page) => page.getByRole('region', { name: 'Blocks' });
const measures = (page: Page) => page.getByLabel('Measure beside the blocks');
const towerStatus = (page: Page) => page.getByRole('status', { name: 'Tower' });
const newBlock = (page: Page, gap: number) =>
  page.getByRole('button', { name: new RegExp(`^New block ${gap}\\|${gap + 1}`) });
const emptyGap = (page: Page, gap: number) =>
  page.getByRole('button', { name: `Add a new block in gap ${gap}|${gap + 1}` });

/** Returns the centre of a button on the screen. */
async function middle(locator: ReturnType<typeof newBlock>): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('it has no box');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe('the tower', () => {
  const { start } = visits();

  it('draws beside every block what the engine measures of it, chosen by mouse', async () => {
    const engine = await referenceEngine();
    const { blocks } = await engine.run('measure', {
      recipe: DEFAULT_RECIPE,
      text: await readFile(TEXT, 'utf8'),
      maxTokens: 512,
      groups: ['blocks', 'attention', 'lens'],
    });
    engine.dispose();
    const page = await start();
    await measures(page).selectOption('residualChange');
    await page.getByText(/On the first 128 tokens/).waitFor({ timeout: 120_000 });
    const numbers = async () =>
      (await tower(page).locator('.measure-number').allInnerTexts()).toReversed().map(Number);
    const found = await numbers();
    expect(found).toHaveLength(12);
    for (const { layer, residualChange } of blocks)
      expect(Math.abs((found[layer] ?? NaN) - (residualChange ?? NaN))).toBeLessThan(
        0.006 + 0.002 * (residualChange ?? NaN),
      );
    // It is there at once, because all blocks are measured together.
    await measures(page).selectOption('attentionEntropy');
    const entropies = await numbers();
    for (const { layer, attentionEntropy } of blocks)
      expect(entropies[layer]).toBeCloseTo(attentionEntropy ?? NaN, 1);
  });

  it('is restored by its link, measures when asked by keyboard, and stops when told to', async () => {
    const page = await start({ hash: '#measure=lossSkipped' });
    expect(await measures(page).inputValue()).toBe('lossSkipped');
    await tower(page).getByRole('button', { name: 'Measure', exact: true }).focus();
    await page.keyboard.press('Enter');
    const cancel = tower(page).getByRole('button', { name: 'Cancel' });
    await cancel.focus();
    await page.keyboard.press('Enter');
    await tower(page).getByRole('button', { name: 'Measure', exact: true }).waitFor();
    expect(await tower(page).locator('.measure-dot').count()).toBe(0);
  });

  it('lets a new block be dragged to another gap, and the picture follows', async () => {
    const page = await start();
    const [from, to] = [await middle(newBlock(page, 3)), await middle(emptyGap(page, 1))];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y + 30, { steps: 3 });
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await tower(page).locator('.gap[data-drop=true]').waitFor();
    await page.mouse.up();
    await expect.poll(() => towerStatus(page).innerText()).toBe('New block moved to gap 1|2.');
    await pictureReady(page);
    await expect.poll(() => page.locator('figcaption').innerText()).toMatch(/of block 1, .* of block 2/);
    await expect.poll(() => page.url()).toMatch(/gaps=1,4,5,6/);
    expect(await emptyGap(page, 3).count()).toBe(1);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await newBlock(page, 3).waitFor();
    expect(await emptyGap(page, 1).count()).toBe(1);
  });

  it('lets the block fall back on Escape, and takes a short press for a click', async () => {
    const page = await start();
    const [from, to] = [await middle(newBlock(page, 4)), await middle(emptyGap(page, 0))];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await emptyGap(page, 0).count()).toBe(1);
    expect(await towerStatus(page).innerText()).toBe('');
    await newBlock(page, 4).click();
    await expect.poll(() => page.locator('figcaption').innerText()).toMatch(/of block 4, .* of block 5/);
  });

  it('moves the block by keys, the focus with it, past filled gaps, to the end', async () => {
    const page = await start();
    await newBlock(page, 5).focus();
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(() => towerStatus(page).innerText()).toBe('New block moved to gap 2|3.');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toMatch(/^New block 2\|3/);
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => towerStatus(page).innerText()).toBe('New block moved to gap 5|6.');
    await newBlock(page, 6).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => towerStatus(page).innerText()).toBe('No empty gap above.');
  });

  /** Opens a phone's page; returns the positions of the new block in gap 3 and of a point towards the empty gap 2. */
  async function finger() {
    const page = await start({ touch: true });
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) =>
      client.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
    const [from, to] = [await middle(newBlock(page, 3)), await middle(emptyGap(page, 2))];
    return { page, touch, from, between: { x: from.x, y: (from.y + to.y) / 2 }, to };
  }

  it('takes a quick finger for scrolling', async () => {
    const { page, touch, from, between, to } = await finger();
    await touch('touchStart', from);
    await touch('touchMove', between);
    await touch('touchMove', to);
    await touch('touchEnd');
    expect(await emptyGap(page, 2).count()).toBe(1);
  });

  it('takes a resting finger for a drag', async () => {
    const { page, touch, from, between, to } = await finger();
    await touch('touchStart', from);
    await page.locator('.stack[data-dragging=true]').waitFor();
    await touch('touchMove', between);
    await touch('touchMove', to);
    await touch('touchEnd');
    await expect.poll(() => towerStatus(page).innerText()).toBe('New block moved to gap 2|3.');
  });

  it('draws the measure on a phone, too, without an accessibility violation, in light and dark', async () => {
    const page = await start({ width: 390, height: 844 });
    await measures(page).selectOption('residualChange');
    await page.getByText(/On the first 128 tokens/).waitFor({ timeout: 120_000 });
    expect(await violationsInBothThemes(page, '.tower')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const widths = await tower(page)
      .locator('.block.base .measure-line')
      .evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().width));
    expect(widths).toHaveLength(8);
    expect(Math.min(...widths)).toBeGreaterThan(2);
  });
});
