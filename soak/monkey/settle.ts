import type { Page } from 'playwright-core';
import { StuckError } from '../within';
import { lookAt } from './look';

/** How long work may take to end after it was cancelled, and a picture to come. Generous, because the cores are shared. */
const PATIENCE_MS = 90_000;
const POLL_MS = 150;

async function until(done: () => Promise<boolean>, timeout: number): Promise<boolean> {
  for (const end = Date.now() + timeout; ;) {
    if (await done()) return true;
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Presses everything on show that stops work. Returns whether there was anything. */
const stopWork = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const buttons = [
      ...document.querySelectorAll<HTMLButtonElement>('.busy button, .opening button, [data-stops]'),
      ...[...document.querySelectorAll<HTMLButtonElement>('button')].filter(({ innerText }) =>
        /^(Cancel|Stop|Pause)$/.test(innerText.trim()),
      ),
    ].filter((button) => button.checkVisibility());
    for (const button of buttons) button.click();
    return buttons.length > 0;
  });

/** Waits until nothing is at work; after `free` ms it cancels. @throws StuckError if something goes on. */
async function rest(page: Page, free: number): Promise<void> {
  const idle = async (): Promise<boolean> => (await lookAt(page)).busy.length === 0;
  if (await until(idle, free)) return;
  const stopped = await until(async () => {
    if (await idle()) return true;
    await stopWork(page);
    return false;
  }, PATIENCE_MS);
  if (!stopped) throw new StuckError(`still busy: ${(await lookAt(page)).busy.join('; ')}`);
}

/** Closes dialogs and popovers by Escape. @throws StuckError if one stays. */
async function closeAll(page: Page): Promise<void> {
  const open = () =>
    page.evaluate(() => {
      const all = [...document.querySelectorAll('dialog[open], :popover-open, [aria-modal=true]')];
      return all.find((element) => element.checkVisibility())?.className;
    });
  for (let times = 0; times < 10 && (await open()) !== undefined; times++) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(60);
  }
  const left = await open();
  if (left !== undefined) throw new StuckError(`Escape does not close: ${left}`);
}

/** State of the picture, with what is said in its place. Asks again for what was stopped or failed. */
const picture = (page: Page): Promise<{ ready: boolean; words: string }> =>
  page.evaluate(() => {
    const figure = document.querySelector<HTMLElement>('figure[data-control=picture]');
    const status = document.querySelector<HTMLElement>('.stage-status');
    const words = (status?.innerText ?? '').replaceAll(/\s+/g, ' ');
    const { state, stale } = figure?.dataset ?? {};
    // What cannot be aligned, such as by the activations of a model without tokenizer, is answered by what is missing.
    const refused = state === 'error' && /\bexpected\b/.test(words);
    const ready = (state === 'ready' && (stale === 'false' || words !== '')) || refused;
    const buttons = status === null || ready ? [] : [...status.querySelectorAll('button')];
    buttons.find(({ innerText }) => /again/i.test(innerText))?.click();
    return { ready, words: `${state}, stale ${stale}: ${words}` };
  });

/**
 * The probe for life: within some seconds without input all work ends or can be cancelled, Escape closes what is open, and Align shows
 * its picture. @throws StuckError
 */
export async function proveLife(page: Page, free: number): Promise<void> {
  await rest(page, free);
  await closeAll(page);
  await page.evaluate(() => document.querySelector<HTMLElement>('#tab-align')?.click());
  let last = '';
  const ready = await until(async () => {
    const { ready: is, words } = await picture(page);
    last = words;
    return is;
  }, PATIENCE_MS);
  if (!ready) throw new StuckError(`no picture on Align: ${last}`);
}

/** Runs in the page: presses the shipped model in the menu, which it opens first. Returns whether it was there to press. */
function pressShipped(): boolean {
  const items = [...document.querySelectorAll<HTMLElement>(':popover-open button')];
  const item = items.find(({ innerText }) => innerText.includes('the shipped model'));
  // A word's entry may have closed the menu again.
  (item ?? document.querySelector<HTMLElement>('[data-control=model][aria-expanded=false]'))?.click();
  return item !== undefined;
}

/** Brings the page back to how it is after opening: nothing runs, nothing is open, the shipped model with its own recipe. */
export async function reset(page: Page): Promise<void> {
  await page.emulateMedia({
    colorScheme: 'light',
    reducedMotion: 'reduce',
    forcedColors: 'none',
    media: 'screen',
  });
  await page.setViewportSize({ width: 1440, height: 900 });
  await rest(page, 0);
  await closeAll(page);
  await page.evaluate(() => document.querySelector<HTMLElement>('.editor header button')?.click());
  await follow(page, '#tab=train', '[data-control=race-start], [data-control=race-new]');
  await discardRace(page);
  await follow(page, '#tokens=128', '#tab-align[aria-selected=true]');
  // The same model again: what the engine keeps of the one before is freed.
  if (!(await until(() => page.evaluate(pressShipped), PATIENCE_MS)))
    throw new StuckError('the menu of the model does not open');
  const isOpen = () =>
    page.evaluate(() =>
      /^interlayer-fairy-1.7m\s*8 →/.test(
        document.querySelector<HTMLElement>('[data-control=model]')?.innerText ?? '',
      ),
    );
  if (!(await until(isOpen, PATIENCE_MS))) throw new StuckError('the shipped model does not open');
  for (;;) {
    const notice = page.locator('.notices .notice button').first();
    if ((await notice.count()) === 0) break;
    await notice.click({ timeout: 5000 }).catch(() => undefined);
  }
  await proveLife(page, PATIENCE_MS);
}

/** Follows a link, and waits for what it leads to. @throws StuckError */
async function follow(page: Page, hash: string, to: string): Promise<void> {
  await page.evaluate((wanted) => {
    location.hash = wanted;
  }, hash);
  const arrived = await until(async () => (await page.locator(to).count()) > 0, PATIENCE_MS);
  if (!arrived) throw new StuckError(`the link ${hash} leads nowhere`);
}

async function discardRace(page: Page): Promise<void> {
  const more = page.locator('[data-control=race-new]');
  if ((await more.count()) === 0) return;
  for (let times = 0; times < 2; times++) await more.click({ timeout: 20_000 });
  const gone = await until(async () => (await more.count()) === 0, 20_000);
  if (!gone) throw new StuckError('the race cannot be discarded');
}
