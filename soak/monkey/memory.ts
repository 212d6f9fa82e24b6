import type { CDPSession, Page } from 'playwright-core';
import type { WorkerHeaps } from './worker-heaps';

/** What the page holds after its garbage is collected. */
export interface Held {
  /** Bytes of the page's JavaScript heap. */
  readonly heap: number;
  /** Bytes of the JavaScript heap of the engine's worker. */
  readonly engineHeap: number | undefined;
  readonly nodes: number;
  readonly listeners: number;
  readonly workers: number;
  /** Bytes of tensors on the engine's device. */
  readonly device: string;
}

export async function measure(page: Page, cdp: CDPSession, workers: WorkerHeaps): Promise<Held> {
  const device = await deviceBytes(page);
  // Garbage that holds other garbage needs more than one collection.
  for (let times = 0; times < 3; times++) await cdp.send('HeapProfiler.collectGarbage');
  const engineHeap = await workers.engine();
  const { usedSize: heap } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners: listeners } = await cdp.send('Memory.getDOMCounters');
  return { heap, engineHeap, nodes, listeners, workers: page.workers().length, device };
}

/** Opens the panel of the backend, which asks the engine, and reads the memory in use. */
async function deviceBytes(page: Page): Promise<string> {
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-control=backend]')?.click());
  const row = page.getByRole('region', { name: 'Memory by kind' }).getByRole('row').last();
  const text = await row.innerText({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached', timeout: 5000 });
  return text.replaceAll(/\s+/g, ' ');
}
