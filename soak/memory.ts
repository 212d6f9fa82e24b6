import type { Page } from 'playwright-core';
import type { OpenPage } from './page';

/** What the page holds after its garbage is collected. */
export interface Held {
  /** Bytes of the page's JavaScript heap. */
  readonly heap: number;
  /** Bytes of the JavaScript heap of the engine's worker. */
  readonly engineHeap: number;
  /** Nodes that are alive but not in the document; those inside form fields count among them. */
  readonly detached: number;
  /** Documents that share the page's process: the page itself, its frames and what these are made of. */
  readonly documents: number;
  readonly listeners: number;
  readonly workers: number;
  /** Bytes of tensors on the engine's device, as the page shows them, with two or three digits. */
  readonly device: number;
}

/** More than this on the device is work that shows no sign of itself, such as what is computed ahead; it is waited for. */
const AT_WORK_BYTES = 2 ** 20;
const READINGS = 60;

export async function measure({ page, cdp, workers }: OpenPage): Promise<Held> {
  let device = await deviceBytes(page);
  for (let reading = 1; device > AT_WORK_BYTES && reading < READINGS; reading++) {
    await page.waitForTimeout(1000);
    device = await deviceBytes(page);
  }
  await page.evaluate(forgetTyping);
  // Garbage that holds other garbage needs more than one collection.
  for (let times = 0; times < 3; times++) await cdp.send('HeapProfiler.collectGarbage');
  const engineHeap = await workers.engine();
  const { usedSize: heap } = await cdp.send('Runtime.getHeapUsage');
  const counters = await cdp.send('Memory.getDOMCounters');
  const { nodes, documents, jsEventListeners: listeners } = counters;
  const detached = nodes - (await page.evaluate(countNodes));
  return { heap, engineHeap, detached, documents, listeners, workers: page.workers().length, device };
}

/** The largest trees outside the document that scripts hold, each with its nodes and its outermost element. */
export async function largestDetached({ cdp }: OpenPage): Promise<string[]> {
  await cdp.send('DOM.enable');
  const { detachedNodes } = await cdp.send('DOM.getDetachedDomNodes');
  await cdp.send('DOM.disable');
  type Tree = (typeof detachedNodes)[number]['treeNode'];
  const size = ({ children = [] }: Tree): number => children.reduce((sum, child) => sum + size(child), 1);
  const trees = detachedNodes.map(({ treeNode }) => ({ treeNode, nodes: size(treeNode) }));
  return trees
    .toSorted((a, b) => b.nodes - a.nodes)
    .slice(0, 8)
    .map(
      ({ treeNode: { nodeName, attributes = [] }, nodes }) =>
        `${nodes} in ${nodeName} ${attributes.join(' ')}`,
    );
}

/**
 * Runs in the page. For its undo history Chromium keeps the field into which something was typed last, and with it all that the field
 * was part of. Another field takes its place here.
 */
function forgetTyping(): void {
  const field = document.createElement('input');
  document.body.append(field);
  field.focus();
  document.execCommand('insertText', false, 'x');
  field.remove();
}

/** Runs in the page. */
function countNodes(): number {
  const walker = document.createTreeWalker(document);
  let nodes = 1;
  while (walker.nextNode()) nodes++;
  return nodes;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Opens the panel of the backend, which asks the engine, and reads the memory in use. */
async function deviceBytes(page: Page): Promise<number> {
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-control=backend]')?.click());
  const row = page.getByRole('region', { name: 'Memory by kind' }).getByRole('row').last();
  const cell = await row.getByRole('cell').first().innerText({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached', timeout: 5000 });
  const [, number = '', unit = ''] = /^([\d.,]+)\s(\w+)$/.exec(cell) ?? [];
  return Number(number.replaceAll(',', '')) * (UNITS[unit] ?? NaN);
}
