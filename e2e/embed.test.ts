import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { violations } from './accessible';
import { visits } from './visits';

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** A course page of another site that shows the page in a frame, and gives the frame the height that it asks for. */
const course = (line: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Course</title><link rel="icon" href="data:,"></head><body>
<section aria-label="Course"><h1>Course</h1></section>${line}
<script>
  addEventListener('message', ({ data, source }) => {
    const frame = document.querySelector('iframe');
    if (source === frame.contentWindow && data?.type === 'interlayer:height') frame.height = data.height;
  });
</script></body></html>`;

describe('inside another page', () => {
  let server: Server;
  let origin: string;
  const { visit } = visits();

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const headers = url.searchParams.has('isolated') ? ISOLATED : {};
      response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
      const src = `${inject('page')}?embed${url.searchParams.get('hash') ?? ''}`.replaceAll('&', '&amp;');
      response.end(
        course(
          `<iframe src="${src}" title="Interlayer" width="100%" height="820" allow="cross-origin-isolated"></iframe>`,
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    // Another site than the page's 127.0.0.1.
    origin = `http://localhost:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server.close());

  async function embed(search: string, size: { width?: number } = {}): Promise<[Page, FrameLocator]> {
    const page = await visit(size);
    await page.goto(`${origin}${search}`);
    const frame = page.frameLocator('iframe');
    await frame.locator('figure[data-state=ready][data-stale=false]').waitFor({ timeout: 60_000 });
    return [page, frame];
  }
  const isolatedIn = (frame: FrameLocator) => frame.locator('body').evaluate(() => crossOriginIsolated);
  const heights = async (page: Page, frame: FrameLocator) => ({
    frame: (await page.locator('iframe').boundingBox())?.height ?? 0,
    content: await frame.locator('html').evaluate((html) => html.scrollHeight),
  });

  it('computes without isolation, in one thread, and tells its height', async () => {
    const [page, frame] = await embed('?hash=' + encodeURIComponent('#hide=method-panel,result,inspector'));
    expect(await isolatedIn(frame)).toBe(false);
    expect(await frame.getByRole('heading', { name: 'Interlayer' }).count()).toBe(0);
    const link = frame.getByRole('link', { name: 'Open in a new tab' });
    await frame.getByRole('button', { name: 'k', exact: true }).click();
    await link.focus();
    const opened = new URL((await link.getAttribute('href')) ?? '');
    expect(opened.search).toBe('');
    expect(opened.hash).toMatch(/tensor=k/);
    await expect
      .poll(async () => {
        const { frame: shown, content } = await heights(page, frame);
        return Math.abs(shown - content);
      })
      .toBeLessThan(6);
    const { frame: before } = await heights(page, frame);
    expect(before).toBeGreaterThan(500);
    await frame.getByRole('button', { name: 'Show all controls' }).click();
    await expect.poll(async () => (await heights(page, frame)).frame).toBeGreaterThan(before + 100);
    // Again if the frame did not answer in half a second, because axe then takes it for a frame without content.
    await expect.poll(() => violations(page, { frames: true }), { timeout: 30_000 }).toEqual([]);
    // Nothing of what was done in the frame is in the history of the page around it.
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(3);
  });

  it('has its threads where the page around it is isolated', async () => {
    const [, frame] = await embed('?isolated');
    expect(await isolatedIn(frame)).toBe(true);
  });

  it('fits a phone', async () => {
    const [page, frame] = await embed('', { width: 390 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await frame.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
