import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { profile, says } from './page';

/** A short race of one arm on the first page of the shipped texts. */
export const STEPS = 60;
export const RACE = `#tab=train&race=count&without=2,4&minutes=off&train-steps=${STEPS}&batch=1&context=32&first-page=on&measured=2`;

export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click();
/** Held-out loss at the end of the race. The table may follow the word that it is finished by a frame. */
export const heldout = (page: Page): Promise<string> =>
  page
    .locator('tr[data-arm="1"] td[data-column=heldout]')
    .filter({ hasText: /\d/ })
    .innerText({ timeout: 10_000 });
/** Waits until the race is at a stage: `paused`, `finished`. */
export const isAt = (page: Page, words: string): Promise<void> =>
  page.getByRole('status').filter({ hasText: words }).waitFor({ timeout: 20_000 });
const stepsDone = (page: Page): Promise<number> =>
  page.locator('.race-status progress').evaluate((bar: HTMLProgressElement) => bar.value);

/** Begins the race or goes on with it, and waits until some of it is stored. */
export async function begin(page: Page, how = 'Start the race'): Promise<void> {
  await press(page, how);
  await page.waitForFunction(
    (least) => (document.querySelector<HTMLProgressElement>('.race-status progress')?.value ?? 0) > least,
    STEPS / 4,
    { timeout: 20_000, polling: 20 },
  );
}

/** Goes on with a race from what was kept of it, to its end. */
export async function goOn(page: Page): Promise<void> {
  await says(page, /steps? of 1 arm had not been kept: Resume does (it|them) again/);
  expect(await stepsDone(page)).toBeGreaterThan(0);
  await press(page, 'Resume');
  await isAt(page, 'finished');
}

/** Held-out loss of the race when nothing happens to it. */
export async function unbrokenLoss(browser: Browser): Promise<string> {
  const { context, first } = await profile(browser, { hash: RACE });
  await begin(first);
  await isAt(first, 'finished');
  const loss = await heldout(first);
  expect(loss).toMatch(/\d\.\d{4}/);
  await context.close();
  return loss;
}
