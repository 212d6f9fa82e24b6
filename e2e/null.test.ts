import { violations } from './accessible';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine';
import type { NullMeasure, PlannedTensor } from '../src/engine/jobs';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { nullSentence } from '../src/app/words/null';
import { selectedPair } from './browser';
import { visits } from './visits';
import { referenceEngine } from './stage';

const Q: PlannedTensor = 'self_attn.q_proj';

describe('the null', () => {
  const { start, visit } = visits();
  let engine: Engine;
  let measured: NullMeasure | undefined;
  beforeAll(async () => {
    engine = await referenceEngine();
    [measured] = await engine.run('null', { recipe: DEFAULT_RECIPE, gap: 6, tensors: [Q] });
  });
  afterAll(() => engine.dispose());

  const caption = (page: Page) => page.locator('figcaption[data-control=caption]').innerText();
  const costExcess = async (gap: number): Promise<number> => {
    const [measure] = await engine.run('null', { recipe: DEFAULT_RECIPE, gap, tensors: [Q] });
    return measure?.reason === undefined ? (measure?.exactCost?.excess ?? Number.NaN) : Number.NaN;
  };

  it('is said of the first picture that anybody sees, with the engine’s numbers, and of what is saved', async () => {
    const page = await start();
    // The picture does not wait for it.
    const before = await caption(page);
    const sentence = nullSentence(measured);
    expect(before.includes('any plan shows a diagonal') || before.includes(sentence)).toBe(true);
    await expect.poll(() => caption(page), { timeout: 10_000 }).toContain(sentence);
    expect(sentence).toMatch(
      /^Matched mass 0\.113, null 0\.07\d ± 0\.00\d: 4 % of the mass and 6 % of the cost/,
    );

    await page.keyboard.press('d');
    const words = page.getByRole('region', { name: 'The picture in words' });
    await expect.poll(() => words.innerText()).toContain(sentence);
    await page.keyboard.press('d');

    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Picture as SVG', exact: true }).click(),
    ]);
    const figure = await readFile(await download.path(), 'utf8');
    expect(figure.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')).toContain('Matched mass 0.113');
  });

  it('of another tensor follows it, and where whole heads are matched there is none, with the reason', async () => {
    const page = await start({ hash: '#method=opt-deus:structured&tensor=gate' });
    await expect.poll(() => caption(page), { timeout: 15_000 }).toMatch(/Matched mass|Mass/);
    await page.keyboard.press('1');
    await expect.poll(() => caption(page)).not.toMatch(/Matched mass/);
    const button = page.getByRole('button', { name: 'Beside its null' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('title')).toMatch(/^Whole heads/);
    await page.keyboard.press('n');
    expect(await page.locator('.pane').count()).toBe(1);
  });

  it('is a measure beside the new blocks of the tower', async () => {
    const page = await start({ hash: '#gaps=5,6&measure=excessCost' });
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    const numbers = page.locator('.tower .measure-number');
    const shown = async () => (await numbers.allInnerTexts()).filter((text) => text !== '').map(Number);
    await expect.poll(async () => (await shown()).length, { timeout: 30_000 }).toBe(2);
    const expected = [await costExcess(6), await costExcess(5)];
    for (const [i, value] of (await shown()).entries())
      expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(0.006);
  });

  it('is a value of the map for pairs of blocks, and no value of heads', async () => {
    const page = await visit({ hash: '#tab=map&map-value=null&map-cell=6.7' });
    await page.locator('figure[data-state=ready][data-stale=false]').waitFor({ timeout: 60_000 });
    const pair = page.getByRole('complementary');
    await expect.poll(() => pair.innerText()).toMatch(/its null\s+1\.29\d+\s+excess\s+5\.\d %/);
    expect(await page.locator('.legend').innerText()).toContain('share of the null');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Open blocks/ }).click();
    await page.locator('figure[data-level=heads][data-state=ready][data-stale=false]').waitFor();
    const option = page.getByRole('button', { name: 'against null' });
    expect(await option.getAttribute('aria-disabled')).toBe('true');
  });

  it('is not in the way of a copy, whose neurons all find themselves', async () => {
    const page = await start({ hash: '#against=copy:0&eps=0.01&order=index' });
    await expect.poll(() => caption(page), { timeout: 15_000 }).toMatch(/100 % of the cost are alignment/);
    expect(await caption(page)).toContain('a shuffled copy of block 6');
    expect(await selectedPair(page)).toMatch(/^\d+ → \d+$/);
    await page.getByRole('button', { name: 'with the next block' }).click();
    await expect.poll(() => caption(page)).toContain('of block 7');
  });

  it('has no accessibility violation on a phone, where its sentence is read too', async () => {
    const page = await start({ width: 390, height: 844, theme: 'dark' });
    await expect.poll(() => caption(page), { timeout: 15_000 }).toContain(nullSentence(measured));
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
