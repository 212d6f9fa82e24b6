import type { Browser } from 'playwright-core';
import { type Held, measure } from './memory';
import { type OpenPage, openPage } from './page';

export interface PageCycleOptions {
  readonly address: string;
  readonly launch: () => Promise<Browser>;
  readonly cycles: number;
  readonly log?: (line: string) => void;
}

export interface PageCyclesReport {
  readonly cycles: number;
  readonly seconds: number;
  /** After every tenth cycle. */
  readonly held: readonly Held[];
  readonly complaints: readonly string[];
}

const PATIENCE_MS = 90_000;

/** Opens a model through the menu, aligns a tensor and shows its picture, again and again in one document of the built page. */
export async function runPageCycles(options: PageCycleOptions): Promise<PageCyclesReport> {
  const { address, launch, cycles, log } = options;
  const browser = await launch();
  const begun = Date.now();
  try {
    const opened = await openPage(browser, address);
    const held: Held[] = [];
    for (let cycle = 1; cycle <= cycles; cycle++) {
      await cycleOnce(opened, cycle);
      if (cycle % 10 !== 0 && cycle !== cycles) continue;
      held.push(await measure(opened));
      log?.(`${cycle} cycles: ${JSON.stringify(held.at(-1))}`);
    }
    return { cycles, seconds: (Date.now() - begun) / 1000, held, complaints: opened.takeComplaints() };
  } finally {
    await browser.close();
  }
}

async function cycleOnce({ page }: OpenPage, cycle: number): Promise<void> {
  const ready = page.locator('figure[data-state=ready][data-stale=false]');
  await ready.waitFor({ timeout: PATIENCE_MS });
  await page.getByRole('button', { name: /^interlayer-fairy-1.7m/ }).click();
  await page.getByRole('button', { name: /the shipped model/ }).click();
  await ready.waitFor({ timeout: PATIENCE_MS });
  // Another tensor, and back to the first before the next is opened.
  await page.keyboard.press(cycle % 2 === 0 ? '2' : '1');
  await ready.waitFor({ timeout: PATIENCE_MS });
}
