import { readFile } from 'node:fs/promises';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageWidth, violationsInBothThemes } from './accessible';
import { launch, open, type Opened } from './browser';

/** Arms without plans, which take about a second each. */
const ARMS = ['average:zero', 'average:kept', 'half-next:kept'];

interface Exported {
  readonly title: string;
  readonly result: { readonly loss: number };
}

describe('the Compare stage', () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let saved: string;
  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, { hash: '#tab=compare&tokens=128' });
    ({ page } = opened);
    equal = page.locator('tr[data-equal]');
  });
  afterAll(() => browser.close());

  const row = (arm: string): Locator => page.locator(`tr[data-arm="${arm}"]`);
  let equal: Locator;
  const verdict = (): Promise<string> => page.locator('.verdict').innerText();
  const loss = async (arm: string): Promise<number> =>
    Number(await row(arm).locator('td[data-column=loss]').innerText());
  const arms = (): Promise<(string | null)[]> =>
    page
      .locator('tr[data-arm]:has(td[data-column=loss] button)')
      .evaluateAll((rows) => rows.map((found) => found.getAttribute('data-arm')));
  async function downloaded(name: string): Promise<Buffer> {
    const [file] = await Promise.all([
      page.waitForEvent('download') as Promise<Download>,
      page.getByRole('button', { name, exact: true }).click(),
    ]);
    return readFile(await file.path());
  }

  it('moves no button when another preset is chosen', async () => {
    const presets = page.getByRole('group', { name: 'Arms' }).getByRole('button');
    const boxes = async () => {
      const evaluate = page.getByRole('button', { name: 'Evaluate all' });
      return Promise.all([...(await presets.all()), evaluate].map((button) => button.boundingBox()));
    };
    await presets.first().click();
    const before = await boxes();
    for (const preset of await presets.all()) {
      await preset.click();
      expect(await boxes()).toEqual(before);
    }
  });

  it('offers presets, of which arms are chosen by mouse and by keyboard', async () => {
    const presets = page.getByRole('group', { name: 'Arms' });
    for (const name of ['The paper’s table', 'Where to insert', 'Is it alignment?']) {
      await presets.getByRole('button', { name }).click();
      expect(await presets.getByRole('button', { name }).getAttribute('aria-pressed')).toBe('true');
    }
    await page.getByText('24 of 24 arms').waitFor();
    await equal.getByRole('button', { name: '12 zeroed arms, equal to the base' }).waitFor();
    expect(await row('average:zero').count()).toBe(0);
    await equal.getByRole('button').press('Enter');
    expect(await equal.getByRole('button').getAttribute('aria-expanded')).toBe('true');
    await page.getByRole('button', { name: 'none', exact: true }).click();
    await page.getByText('0 of 24 arms').waitFor();
    const [first = '', ...others] = ARMS;
    await row(first).getByRole('checkbox').focus();
    await page.keyboard.press('Space');
    for (const arm of others) await row(arm).getByRole('checkbox').check();
    await page.getByText('3 of 24 arms').waitFor();
    await expect.poll(() => page.url()).toMatch(/arms=alignment/);
  });

  it('can be stopped, and goes on with what is missing', async () => {
    await page.getByRole('button', { name: 'Evaluate all' }).click();
    await page.locator('tr[data-status=running] progress').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).first().click();
    await page.getByRole('button', { name: 'Evaluate all' }).waitFor();
    await expect.poll(() => page.locator('tr[data-status=running]').count()).toBe(0);
    await page.getByRole('button', { name: 'Evaluate all' }).press('Enter');
    await page.getByRole('button', { name: 'All evaluated' }).waitFor({ timeout: 60_000 });
    expect((await arms()).toSorted()).toEqual([...ARMS, 'base'].toSorted());
    expect(await loss('average:zero')).toBe(await loss('base'));
    expect(await loss('average:kept')).toBeGreaterThan(await loss('base'));
    expect(await equal.locator('td[data-column=loss]').innerText()).toBe(String(await loss('base')));
    expect(await equal.locator('td[data-column=logits]').innerText()).toBe('0 — exactly');
  });

  it('says first what the numbers show, then draws them, then lists them', async () => {
    const change = (await loss('half-next:kept')) - (await loss('base'));
    const title = await row('half-next:kept')
      .locator('label > span')
      .evaluate((at) => at.firstChild?.textContent);
    expect(await verdict()).toContain(`Nearest to the base: “${title}”`);
    expect(Number(/\+(\d\.\d{4})/.exec(await verdict())?.[1])).toBeCloseTo(change, 3);
    expect(await verdict()).toMatch(/1 zeroed arm computes exactly what the base computes/);
    const top = async (selector: string) => (await page.locator(selector).first().boundingBox())?.y ?? NaN;
    await page.locator('.plot .main-svg').first().waitFor();
    const [words, plot, table] = [await top('.verdict'), await top('.plot'), await top('.arms')];
    expect(words).toBeLessThan(plot);
    expect(plot).toBeLessThan(table);
    expect(plot).toBeLessThan(900);
  });

  it('compares with the arm that is pinned and marks what differs in two things', async () => {
    await page.getByRole('button', { name: 'Compare with Average (Avg-DeUS), not zeroed' }).press('Enter');
    await expect.poll(() => row('average:kept').getAttribute('data-reference')).toBe('true');
    const reference = await row('half-next:kept').locator('td[data-column=reference]').innerText();
    const difference = (await loss('half-next:kept')) - (await loss('average:kept'));
    expect(Number(reference.replace('−', '-'))).toBeCloseTo(difference, 3);
    expect(await row('half-next:kept').innerText()).toMatch(/differs from the reference in method/);
    expect(await row('half-next:zero').innerText()).toMatch(
      /2 things differ from the reference: method and zero start/,
    );
  });

  it('sorts by a number, either way', async () => {
    const heading = page.getByRole('columnheader', { name: 'Loss' });
    for (const direction of ['ascending', 'descending'] as const) {
      await heading.getByRole('button').first().press('Enter');
      await expect.poll(() => heading.getAttribute('aria-sort')).toBe(direction);
      const [base, ...sorted] = await arms();
      expect(base).toBe('base');
      const losses = await Promise.all(sorted.map((arm) => loss(arm ?? '')));
      const expected = losses.toSorted((a, b) => (direction === 'ascending' ? a - b : b - a));
      expect(losses).toEqual(expected);
    }
  });

  it('opens the recipe behind a number, which can be used and undone', async () => {
    const number = row('half-next:kept').locator('td[data-column=loss]').getByRole('button');
    const panel = page.getByRole('dialog', { name: 'Recipe behind the number' });
    await number.press('Enter');
    await panel.waitFor();
    expect(await panel.innerText()).toMatch(/"method": "half-next"[^]*"zeroInit": false/);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await number.click();
    await panel.getByRole('button', { name: 'Use this recipe' }).click();
    const method = page.getByRole('combobox', { name: 'Method' });
    await expect.poll(() => method.inputValue()).toBe('half-next');
    await page.keyboard.press('Control+z');
    await expect.poll(() => method.inputValue()).toBe('opt-deus:paper');
    await page.getByRole('tab', { name: 'Compare' }).click();
  });

  it('draws bars and any two measures, and saves the figure', async () => {
    const figure = page.getByRole('figure', { name: 'Plot of the comparison' });
    await figure.locator('.main-svg').first().waitFor();
    await expect.poll(() => figure.locator('.bars .point').count()).toBe(3);
    const kinds = figure.getByRole('group', { name: 'Plot' });
    // Single blocks were not measured, so this plot is disabled.
    expect(await kinds.getByRole('button', { name: 'by block' }).getAttribute('aria-disabled')).toBe('true');
    await kinds.getByRole('button', { name: 'two measures' }).click();
    await figure.getByLabel('Across').selectOption('perplexity');
    await expect.poll(() => figure.locator('.scatterlayer .point').count()).toBe(4);
    expect(String(await downloaded('SVG'))).toMatch(/^<svg[^]*Perplexity[^]*<\/svg>/);
    expect([...(await downloaded('PNG')).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  it('exports the numbers of the table as CSV and JSON', async () => {
    const [head = '', ...lines] = String(await downloaded('CSV'))
      .trim()
      .split('\r\n');
    expect(head.split(',').slice(0, 2)).toEqual(['arm', 'method']);
    expect(lines).toHaveLength(4);
    saved = String(await downloaded('JSON'));
    const { results } = JSON.parse(saved) as { results: Exported[] };
    const average = results.find(({ title }) => title === 'Average (Avg-DeUS), not zeroed');
    expect(average?.result.loss.toFixed(4)).toBe((await loss('average:kept')).toFixed(4));
  });

  it('has no accessibility violation with results, in light and dark', async () => {
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('fits a phone, with the plot above what is said of it', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const plot = page.locator('.plot .main-svg').first();
    await expect.poll(async () => (await plot.boundingBox())?.width).toBeLessThan(390);
    expect(await pageWidth(page)).toBe(390);
    const [figure, words] = [await plot.boundingBox(), await page.locator('.note').boundingBox()];
    expect((figure?.y ?? 0) + (figure?.height ?? 0)).toBeLessThanOrEqual(words?.y ?? 0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('keeps results over a reload', async () => {
    const before = await loss('half-next:kept');
    await page.reload();
    await row('half-next:kept').locator('td[data-column=loss] button').waitFor();
    expect(await loss('half-next:kept')).toBe(before);
  });

  it('takes results from a file into an empty browser', async () => {
    const other = await open(browser, { hash: '#tab=compare&tokens=128&arms=alignment' });
    const file = { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(saved) };
    await other.page.getByLabel('Results file').setInputFiles(file);
    await expect.poll(() => other.page.getByText('from mine.json').count()).toBe(4);
    const imported = other.page.locator('tr', { hasText: 'from mine.json' });
    expect(await imported.nth(1).locator('td[data-column=loss]').innerText()).toMatch(/^\d\.\d{4}$/);
    const broken = { ...file, name: 'broken.json', buffer: Buffer.from('{') };
    await other.page.getByLabel('Results file').setInputFiles(broken);
    await expect
      .poll(() => other.page.getByRole('region', { name: 'Notices' }).innerText())
      .toMatch(/broken\.json could not be read[^]*expected JSON/);
    await other.page.getByRole('button', { name: 'Remove imported' }).click();
    await expect.poll(() => imported.count()).toBe(0);
    await other.context.close();
  });

  it('left the console clean', () => {
    expect(opened.complaints).toEqual([]);
  });
});
