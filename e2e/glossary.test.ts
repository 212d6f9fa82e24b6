import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { GLOSSARY as DE } from '../src/lessons/glossary/de';
import { GLOSSARY as EN } from '../src/lessons/glossary/en';
import { violations, violationsInBothThemes } from './accessible';
import { visits } from './visits';

const { start } = visits();

const card = (page: Page): Locator => page.locator('.term-card');
const word = (page: Page): Locator =>
  page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'plan perplexity' });

/** Waits until the card has the entry, and expects it inside of the window. */
async function cardSays(page: Page, [term, meaning]: readonly [string, string]): Promise<void> {
  await card(page).getByText(meaning).waitFor();
  expect(await card(page).innerText()).toContain(term);
  // It is placed again when its words have come.
  await expect
    .poll(async () => {
      const box = await card(page).boundingBox();
      const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
      return box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    })
    .toBe(true);
}

describe('a word of the glossary', () => {
  it('opens its card under the pointer, which may go over it, and closes it after', async () => {
    const page = await start();
    await word(page).hover();
    await cardSays(page, EN.entries['plan-perplexity']);
    expect(await violationsInBothThemes(page)).toEqual([]);
    await card(page).hover();
    // Longer than a card stays without the pointer.
    await page.waitForTimeout(500);
    expect(await card(page).isVisible()).toBe(true);
    await page.mouse.move(5, 5);
    await card(page).waitFor({ state: 'detached' });
  });

  it('is reached, read and left by keyboard', async () => {
    const page = await start();
    // The word before it in the order of the Tab key.
    await page
      .getByRole('region', { name: 'Timeline' })
      .getByRole('button', { name: 'transport cost' })
      .focus();
    await page.keyboard.press('Tab');
    await cardSays(page, EN.entries['plan-perplexity']);
    expect(await word(page).getAttribute('aria-expanded')).toBe('true');
    const description = await word(page).evaluate(
      (button) => document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent,
    );
    expect(description).toBe(EN.entries['plan-perplexity'][1]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#lesson=epsilon');
    await page.keyboard.press('Escape');
    await card(page).waitFor({ state: 'detached' });
    // Enter keeps it open, and closes it again.
    await word(page).focus();
    await page.keyboard.press('Enter');
    await cardSays(page, EN.entries['plan-perplexity']);
    await page.mouse.move(5, 5);
    await page.waitForTimeout(500);
    expect(await card(page).isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    await card(page).waitFor({ state: 'detached' });
  });

  it('opens on a tap at 390 px, and closes on a tap elsewhere', async () => {
    const page = await start({ width: 390, height: 844, touch: true });
    await word(page).tap();
    await cardSays(page, EN.entries['plan-perplexity']);
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole('banner').tap({ position: { x: 3, y: 3 } });
    await card(page).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Meaning of gap' }).tap();
    await cardSays(page, EN.entries.gap);
    await page.keyboard.press('Escape');
    await card(page).waitFor({ state: 'detached' });
  });
});

it('shows one card at a time, and none inside of a label or another button', async () => {
  const page = await start();
  await word(page).click();
  await cardSays(page, EN.entries['plan-perplexity']);
  await page.getByRole('button', { name: 'Meaning of gap' }).click();
  await cardSays(page, EN.entries.gap);
  expect(await card(page).count()).toBe(1);
  const nested = ':is(label, summary, button, a, [aria-hidden=true]) :is(.term, .term-mark)';
  expect(await page.locator(nested).count()).toBe(0);
});

it('says everything in German where that is chosen, also on the next visit', async () => {
  const page = await start();
  await word(page).click();
  await cardSays(page, EN.entries['plan-perplexity']);
  await card(page).getByRole('button', { name: 'Deutsch' }).click();
  await cardSays(page, DE.entries['plan-perplexity']);
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await word(page).click();
  await cardSays(page, DE.entries['plan-perplexity']);
});

it('opens the lesson that shows the word', async () => {
  const page = await start();
  await word(page).click();
  await card(page).getByRole('link', { name: EN.lesson }).click();
  await card(page).waitFor({ state: 'detached' });
  await expect.poll(() => page.url()).toMatch(/lesson=epsilon/);
});

it('is listed in About, searched in either language, with cards inside of the dialog', async () => {
  const page = await start();
  await page.getByRole('button', { name: 'About', exact: true }).click();
  const about = page.getByRole('dialog', { name: /About/ });
  const list = about.locator('.glossary-entries');
  await about.getByRole('searchbox').fill('marginal');
  await expect.poll(() => list.locator('dt').allInnerTexts()).toContain(EN.entries['marginal-error'][0]);
  expect(await list.locator('dt').count()).toBeLessThan(8);
  await about.getByRole('button', { name: 'Deutsch' }).click();
  await expect.poll(() => list.locator('dt').allInnerTexts()).toContain(DE.entries['marginal-error'][0]);
  await about.getByRole('searchbox').fill('Zzz');
  await about.getByText(DE.none).waitFor();
  await about.getByRole('button', { name: 'half-step' }).click();
  await cardSays(page, DE.entries['half-step']);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await card(page).waitFor({ state: 'detached' });
  expect(await about.isVisible()).toBe(true);
});
