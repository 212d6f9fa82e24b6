import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch, open, pictureReady, type Opened, type OpenOptions } from './browser';

interface Visits {
  /** Opens the page in a fresh profile. */
  visit(options?: OpenOptions): Promise<Page>;
  /** Like `visit`, and waits until the picture of Align is complete. */
  start(options?: OpenOptions): Promise<Page>;
}

/** What a page shows, for a failure that does not come again when it is looked for. */
const stateOf = (page: Page): Promise<string> =>
  page
    .evaluate(() => {
      const texts = [...document.querySelectorAll<HTMLElement>('dialog, [role=alert], .notice, .lesson')];
      return [
        `The failed test left ${location.href}, focus on ${document.activeElement?.outerHTML.slice(0, 200)}`,
        ...texts.map(({ localName, innerText }) => `${localName}: ${innerText.slice(0, 300)}`),
      ].join('\n');
    })
    .catch(String);

/**
 * Launches a browser for one test file, and returns functions that open pages. After each test its pages are closed; the test
 * fails if a page logged a warning or an error.
 */
export function visits(defaults: OpenOptions = {}): Visits {
  let browser: Browser;
  let opened: Opened[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') for (const { page } of opened) console.log(await stateOf(page));
    const complaints = opened.flatMap((each) => each.complaints);
    await Promise.all(opened.map(({ context }) => context.close()));
    opened = [];
    expect(complaints).toEqual([]);
  });
  afterAll(() => browser.close());

  async function visit(options: OpenOptions = {}): Promise<Page> {
    const each = await open(browser, { ...defaults, ...options });
    opened.push(each);
    return each.page;
  }
  return {
    visit,
    async start(options) {
      const page = await visit(options);
      await pictureReady(page);
      return page;
    },
  };
}
