import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pictureReady } from './browser';
import { StaticHost } from './static-host';
import { visits } from './visits';
import { readZip } from './zip';

const host = new StaticHost();
beforeAll(() => host.start());
afterAll(() => host.stop());
afterEach(async () => {
  host.publish({});
  if (!host.isRunning) await host.start();
});

const { visit } = visits({ offline: true, expected: /ERR_CONNECTION_REFUSED|status of 416/ });

/** Opens the page under a name that, other than localhost, the page takes for that of any host. */
async function open(name = 'interlayer.localhost', hash = '#max-tokens=4'): Promise<Page> {
  const page = await visit();
  await page.goto(`http://${name}:${host.port}/${hash}`);
  await pictureReady(page);
  return page;
}

/** Waits until the page is kept. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === 'activated') return;
    await new Promise((resolve) => active?.addEventListener('statechange', resolve, { once: true }));
  });

/** What the next version of the page changes: the page itself, and a file that has the same name in every version. */
const NEXT = {
  'index.html': (text: string) => text.replace('<title>', '<title>Next '),
  'lessons/epsilon.json': (text: string) => text.replace('"title": "', '"title": "Next '),
};
const isolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const lesson = (page: Page) => page.evaluate(async () => (await fetch('lessons/epsilon.json')).text());
/** Titles of the versions that the browser keeps. */
const keptTitles = (page: Page) =>
  page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0] ?? '');
    const texts = await Promise.all((await cache.matchAll()).map((response) => response.text()));
    return texts.flatMap((text) =>
      text.startsWith('<!doctype') ? [/<title>(.*)<\/title>/.exec(text)?.[1]] : [],
    );
  });
const notice = (page: Page) => page.locator('.notice').filter({ hasText: 'A new version is ready' });

describe('without a connection', () => {
  it('the page opens on the second visit, aligns, compares, has its lessons and exports', async () => {
    const page = await open();
    expect(await isolated(page)).toBe(false);
    await kept(page);
    await host.stop();
    await page.reload();
    await pictureReady(page);
    // With the headers that this host does not send.
    expect(await isolated(page)).toBe(true);
    await page.getByRole('button', { name: 'v', exact: true }).click();
    await pictureReady(page);

    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByLabel('Tokens').selectOption({ index: 0 });
    await page.getByRole('button', { name: 'Evaluate all' }).click();
    await page.locator('.js-plotly-plot .main-svg').first().waitFor({ timeout: 60_000 });

    await page.getByRole('button', { name: 'Export checkpoint' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    const [saved] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      dialog.getByRole('button', { name: 'Download .zip' }).click(),
    ]);
    const files = readZip(await readFile(await saved.path()));
    expect([...files.keys()].some((path) => path.endsWith('model.safetensors'))).toBe(true);
    await dialog.getByRole('button', { name: 'Done' }).click();

    await page.goto(`${page.url().replace(/#.*/, '')}#lesson=epsilon`);
    await page.getByRole('complementary', { name: /^Lesson/ }).waitFor();
  });

  it('ranges of the shipped model are answered as a server would', async () => {
    const page = await open();
    await kept(page);
    await page.reload();
    const model = 'models/interlayer-fairy-1.7m/model.safetensors';
    const bytes = await readFile(`public/${model}`);
    const ask = (range: string) =>
      page.evaluate(
        async ([url, value]) => {
          const response = await fetch(url, { headers: { Range: value } });
          const { status, headers } = response;
          const body = [...new Uint8Array(await response.arrayBuffer())].slice(0, 64);
          return { status, range: headers.get('Content-Range'), length: headers.get('Content-Length'), body };
        },
        [model, range] as const,
      );
    const size = bytes.byteLength;
    const part = (from: number, to: number) => ({
      status: 206,
      range: `bytes ${from}-${to}/${size}`,
      length: String(to - from + 1),
      body: [...bytes.subarray(from, to + 1)].slice(0, 64),
    });
    expect(await ask('bytes=0-0')).toEqual(part(0, 0));
    expect(await ask('bytes=1000-1063')).toEqual(part(1000, 1063));
    expect(await ask(`bytes=${size - 5}-`)).toEqual(part(size - 5, size - 1));
    expect(await ask('bytes=-7')).toEqual(part(size - 7, size - 1));
    expect(await ask(`bytes=${size - 2}-${size + 100}`)).toEqual(part(size - 2, size - 1));
    expect(await ask(`bytes=${size}-`)).toMatchObject({ status: 416, range: `bytes */${size}` });
  });
});

describe('another version of the page', () => {
  it('is offered and not forced, waits for a race and for other tabs, and brings all its files or none', async () => {
    const page = await open();
    await kept(page);
    const before = await lesson(page);
    host.publish(NEXT);
    await page.reload();
    await pictureReady(page);
    await notice(page).waitFor();
    expect(await page.title()).toMatch(/^Interlayer/);
    expect(await lesson(page)).toBe(before);

    await page.goto(`${page.url().replace(/#.*/, '')}#tab=train`);
    await page.getByRole('button', { name: 'Start the race' }).click();
    await notice(page).getByText('It can wait until the race has ended.').waitFor();
    expect(await notice(page).getByRole('button', { name: 'Reload' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Pause' }).click();

    const other = await page.context().newPage();
    await other.goto(page.url().replace(/#.*/, ''));
    await pictureReady(other);
    await notice(page).getByRole('button', { name: 'Reload' }).click({ timeout: 60_000 });
    await notice(page).getByText('Another tab shows this page').waitFor();
    expect(await lesson(other)).toBe(before);
    await other.close();

    await notice(page).getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => page.title(), { timeout: 30_000 }).toMatch(/^Next/);
    expect(await lesson(page)).toBe(NEXT['lessons/epsilon.json'](before));
    expect(await notice(page).count()).toBe(0);
    expect(await keptTitles(page)).toEqual([await page.title()]);
  });

  it('is shown at once where the server runs on this machine, and kept for when it does not', async () => {
    const page = await open('127.0.0.1');
    await kept(page);
    host.publish(NEXT);
    await page.reload();
    const title = await page.title();
    expect(title).toMatch(/^Next/);
    await pictureReady(page);
    expect(await notice(page).count()).toBe(0);
    await expect.poll(() => keptTitles(page), { timeout: 100_000 }).toContain(title);
    const again = await page.context().newPage();
    const { href } = new URL(page.url());
    await page.close();
    await host.stop();
    // The browser may wait with the change for a while after the page of the version before is closed.
    const reopened = async (): Promise<string> => {
      await again.goto(href, { timeout: 10_000 }).catch(() => undefined);
      return again.title();
    };
    await expect.poll(reopened, { timeout: 100_000 }).toBe(title);
    await pictureReady(again);
    expect(await notice(again).count()).toBe(0);
    await expect.poll(() => keptTitles(again), { timeout: 30_000 }).toEqual([title]);
  });

  it('that arrives in the middle of another is not kept', async () => {
    host.publish({ ...NEXT, 'service-worker.js': () => readFileSync('dist/service-worker.js', 'utf8') });
    const page = await open();
    expect(await page.title()).toMatch(/^Next/);
    const state = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.register('service-worker.js').catch(() => undefined);
      const worker = registration?.installing;
      await new Promise((resolve) => worker?.addEventListener('statechange', resolve, { once: true }));
      const cache = await caches.open((await caches.keys())[0] ?? '');
      return { worker: worker?.state, files: (await cache.keys()).length };
    });
    expect(state).toEqual({ worker: 'redundant', files: 0 });
  });
});

it('works where nothing can be kept', async () => {
  const page = await visit();
  const devtools = await page.context().newCDPSession(page);
  const origin = `http://interlayer.localhost:${host.port}`;
  await page.goto('about:blank');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
  await page.goto(origin);
  await pictureReady(page);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return registration === undefined || registration.active === null;
      }),
    )
    .toBe(true);
  await page.getByRole('button', { name: 'v', exact: true }).click();
  await pictureReady(page);
});
