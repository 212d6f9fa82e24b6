import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page, Worker } from 'playwright-core';
import { inject } from 'vitest';
import { open, type OpenOptions } from '../browser';

let shots = 0;

/** Waits until the page says so. Where SCREENSHOTS names a folder, saves there what is seen then. */
export async function says(place: Page | Locator, words: RegExp): Promise<string> {
  const found = place.getByText(words).first();
  const folder = process.env['SCREENSHOTS'];
  try {
    await found.waitFor({ timeout: 15_000 });
  } finally {
    const path = join(folder ?? '', `${process.pid}-${String(++shots).padStart(2, '0')}.png`);
    if (folder !== undefined) await found.page().screenshot({ path });
  }
  return found.innerText();
}

/** The worker of the page's engine. The workers that compute for it wait for work most of the time, and cannot be asked anything. */
export function engineOf(page: Page): Worker {
  const found = page.workers().find((worker) => /\/worker-[^/]*\.js/.test(worker.url()));
  if (found === undefined) throw new Error(`no engine among ${page.workers().map((each) => each.url())}`);
  return found;
}

/** A profile in which several tabs are opened, one after another or side by side. */
export interface Profile {
  readonly context: BrowserContext;
  readonly first: Page;
  readonly complaints: string[];
  /** Opens the page in another tab. */
  tab(hash?: string): Promise<Page>;
}

export async function profile(browser: Browser, options: OpenOptions = {}): Promise<Profile> {
  const { context, page, complaints } = await open(browser, options);
  return {
    context,
    first: page,
    complaints,
    async tab(hash = options.hash ?? '') {
      const page = await context.newPage();
      await page.goto(inject('page') + hash);
      return page;
    },
  };
}
