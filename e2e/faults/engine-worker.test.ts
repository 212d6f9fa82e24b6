import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { pictureReady } from '../browser';
import { visits } from '../visits';

/** The browser logs a script that cannot be loaded. */
const { visit } = visits({ expected: /404|Failed to load resource/ });

/** What happens to the first worker of the engine: its script is not there, or throws, or nothing. */
type Fate = 'missing' | 'throws' | 'lives';

/** Lets the page make its first engine as `fate` says, keep it as `window.engine`, and notice a silence in a tenth of the time. */
async function prepare(page: Page, fate: Fate): Promise<void> {
  const isolated = { 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const script = { body: 'throw new Error("no memory")', contentType: 'text/javascript', headers: isolated };
  await page.route('**/throws.js', (route) => route.fulfill(script));
  await page.addInitScript((fate) => {
    const { Worker: Real, setInterval: every } = window;
    let made = 0;
    window.Worker = class extends Real {
      constructor(url: string | URL, options?: WorkerOptions) {
        const first = options?.name === 'engine' && made++ === 0;
        const broken = new URL(`${fate}.js`, location.href);
        super(first && fate !== 'lives' ? broken : url, options);
        if (options?.name === 'engine') Object.assign(window, { engine: this });
      }
    };
    window.setInterval = ((run: TimerHandler, ms?: number) =>
      every(run, ms === 5000 ? 500 : ms)) as typeof setInterval;
  }, fate);
  await page.reload();
}

/** Lets no message reach the engine's worker any more, as if it were in an endless loop. */
const hang = (page: Page): Promise<void> =>
  page.evaluate(() => {
    (window as unknown as { engine: Worker }).engine.postMessage = () => undefined;
  });

/** Ends the engine's worker at the next message to it, so that a job waits for its answer. */
const terminate = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const { engine } = window as unknown as { engine: Worker };
    engine.postMessage = () => engine.terminate();
  });

/** Waits for the notice and presses its button; then the picture must come. */
async function startAgain(page: Page, title: string): Promise<void> {
  const notice = page.locator('.notice', { hasText: title });
  await notice.getByRole('button', { name: 'Start it again' }).click();
  await pictureReady(page);
  expect(await notice.count()).toBe(0);
}

describe('CPU', () => {
  for (const [fate, what] of [
    ['missing', 'is not on the server'],
    ['throws', 'throws'],
  ] as const)
    test(`the script of the engine’s worker ${what} → the page says so and offers to start it again, which works`, async () => {
      const page = await visit();
      await prepare(page, fate);
      await startAgain(page, 'The engine did not start');
    });

  for (const [harm, what, title] of [
    [terminate, 'ends without a word', 'The engine stopped'],
    [hang, 'hangs', 'The engine does not answer'],
  ] as const)
    test(`the engine’s worker ${what} while it aligns → the page says so and offers to start it again, which works`, async () => {
      const page = await visit();
      await prepare(page, 'lives');
      await pictureReady(page);
      await harm(page);
      await page.keyboard.press('5');
      await startAgain(page, title);
    });
});
