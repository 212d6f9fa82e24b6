import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageWidth, violationsInBothThemes } from './accessible';
import { launch, open, type Opened } from './browser';

const TEXT = 'The old king sat by the window.\nHe looked out at the snow, and he wept.';

describe('the Try stage', () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, {
      hash: '#tab=try&temperature=0&max-tokens=12&method=average:zero',
    });
    ({ page } = opened);
  });
  afterAll(() => browser.close());

  const section = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const written = (): Promise<string[]> => page.locator('.try-continuation strong').allInnerTexts();
  const generate = (): Locator => page.getByRole('button', { name: 'Generate', exact: true });

  it('continues a prompt with the base and a zeroed recipe, which write the same', async () => {
    await page.getByLabel('Prompt', { exact: true }).press('Control+Enter');
    await expect.poll(() => page.getByText('12 tokens').count(), { timeout: 60_000 }).toBe(2);
    const [base = '', recipe] = await written();
    expect(base.length).toBeGreaterThan(12);
    expect(recipe).toBe(base);
    const next = page.getByRole('list', { name: 'Next token after the prompt' });
    expect(await next.count()).toBe(2);
    const tokens = await next.first().getByRole('listitem').allInnerTexts();
    expect(tokens).toHaveLength(10);
    expect(await next.nth(1).getByRole('listitem').allInnerTexts()).toEqual(tokens);
    // Greedy text starts with the most probable token.
    const [best = ''] = tokens;
    expect(base.startsWith((best.split('\n')[0] ?? '?').replaceAll('␣', ' '))).toBe(true);
  });

  it('marks what another model does not expect, and results of an earlier prompt', async () => {
    await page.getByRole('combobox', { name: 'Method' }).selectOption('solar');
    await expect.poll(() => page.locator('.try-continuation').count()).toBe(1);
    await generate().click();
    await expect.poll(() => page.getByText('12 tokens').count(), { timeout: 60_000 }).toBe(2);
    const [base, recipe] = await written();
    expect(recipe).not.toBe(base);
    expect(await page.locator('.try-next [data-own=true]').count()).toBeGreaterThan(0);
    await page.getByLabel('Prompt', { exact: true }).fill('Once upon a day');
    await expect.poll(() => page.getByText('of an earlier prompt').count()).toBe(2);
  });

  it('says what a setting may be, beside it, and waits', async () => {
    const temperature = page.getByLabel('Temperature', { exact: true });
    await temperature.fill('11');
    await page.getByText('Expected a number from 0 to 10; got “11”.').waitFor();
    expect(await generate().isDisabled()).toBe(true);
    expect(await temperature.getAttribute('aria-invalid')).toBe('true');
    await temperature.fill('0.7');
    expect(await generate().isDisabled()).toBe(false);
    await expect.poll(() => page.url()).toMatch(/prompt=Once%20upon%20a%20day&temperature=0.7&max-tokens=12/);
  });

  it('stops, and keeps the text so far', async () => {
    await page.getByLabel('Tokens', { exact: true }).fill('200');
    await generate().click();
    await expect.poll(async () => (await written())[0]?.length ?? 0, { timeout: 60_000 }).toBeGreaterThan(3);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => page.getByText('stopped', { exact: false }).count()).toBeGreaterThan(0);
    await generate().waitFor();
    const [text] = await written();
    await page.waitForTimeout(300);
    expect((await written())[0]).toBe(text);
  });

  it('reads a text token by token, and says what the others lose or gain', async () => {
    await page.getByLabel('Text', { exact: true }).fill(TEXT);
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    const lists = page.getByRole('listbox');
    await expect.poll(() => lists.count(), { timeout: 60_000 }).toBe(2);
    expect(await lists.first().innerText()).toContain('The old king sat by the window.');
    const losses = await lists
      .first()
      .getByRole('option')
      .evaluateAll((tokens) =>
        tokens.map((token) => Number(/[\d.]+$/.exec(token.getAttribute('title') ?? '')?.[0])),
      );
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const shown = /mean loss ([\d.]+)/.exec(await section('Read a text').innerText())?.[1];
    expect(mean).toBeCloseTo(Number(shown), 2);
    expect(await section('Read a text').innerText()).toMatch(/mean loss [\d.]+, [+−][\d.]+/);
    await page.getByText('better than the first').waitFor();
  });

  it('opens a token by keyboard: what was expected, and the lens by block with new ones marked', async () => {
    const list = page.getByRole('listbox').first();
    await list.locator('[data-token="1"]').focus();
    for (const key of ['End', 'Home', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-token'))).toBe('3');
    await page.keyboard.press('Enter');
    const tables = page.getByRole('table');
    await expect.poll(() => tables.count(), { timeout: 60_000 }).toBe(2);
    expect(await list.locator('[data-token="3"]').getAttribute('aria-selected')).toBe('true');
    const blocks = (nth: number) => tables.nth(nth).locator('tbody th').allInnerTexts();
    expect((await blocks(0)).map((name) => name.trim())).toEqual([
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
      '0',
      'emb',
    ]);
    expect((await blocks(1)).length).toBeGreaterThan(9);
    expect(await tables.nth(0).locator('[data-new=true]').count()).toBe(0);
    expect(await tables.nth(1).locator('[data-new=true]').count()).toBe((await blocks(1)).length - 9);
    // After the last block the lens equals the model's own prediction.
    const next = page.getByRole('list', { name: 'Next tokens at this position' }).first();
    const [token, , share] = await next.locator('li').first().locator('> *').allInnerTexts();
    const top = tables.nth(0).locator('tbody tr').first();
    expect(await top.locator('code').innerText()).toBe(token?.split('\n')[0]);
    expect(await top.locator('.try-number').first().innerText()).toBe(share);
  });

  it('takes a third model and gives it back', async () => {
    await page.getByRole('button', { name: 'Add a model' }).click();
    expect(await page.getByRole('combobox', { name: /^Model \d/ }).count()).toBe(3);
    expect(await page.getByRole('button', { name: 'Add a model' }).count()).toBe(0);
    await page.getByText('Not measured yet.').waitFor();
    await page.getByRole('button', { name: 'Remove model 3' }).click();
    expect(await page.getByRole('combobox', { name: /^Model \d/ }).count()).toBe(2);
  });

  it('has no accessibility violation with results, in light and dark', async () => {
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('fits a phone, one model below the other', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => pageWidth(page)).toBe(390);
    const tables = page.getByRole('table');
    const [first, second] = [await tables.nth(0).boundingBox(), await tables.nth(1).boundingBox()];
    expect((first?.y ?? 0) + (first?.height ?? 0)).toBeLessThan(second?.y ?? 0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('left the console clean', () => {
    expect(opened.complaints).toEqual([]);
  });
});
