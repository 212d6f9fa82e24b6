import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type ElementHandle, type Page, launch } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { StaticHost } from './static-host';
import { distance } from './weights';
import { readZip } from './zip';

/** Opens pages in a stock Firefox, which Playwright cannot drive. */
describe('in Firefox, on the CPU, the whole path', () => {
  let browser: Browser;
  let page: Page;
  let downloads: string;
  let zip: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    downloads = await mkdtemp(join(tmpdir(), 'interlayer-'));
    browser = await launch({
      browser: 'firefox',
      executablePath: process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr',
      extraPrefsFirefox: {
        'browser.download.dir': downloads,
        'browser.download.folderList': 2,
        'ui.prefersReducedMotion': 1,
      },
    });
    page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterAll(async () => {
    await browser.close();
    await rm(downloads, { recursive: true });
  });

  const text = (selector: string): Promise<string> =>
    page.$eval(selector, (element) => (element as HTMLElement).innerText);
  const press = (name: string) => page.locator(`button::-p-text(${name})`).setTimeout(60_000).click();
  const pictureReady = () => page.waitForSelector('figure[data-state=ready][data-stale=false]');

  it('opens the shipped model with all threads, and says why the CPU computes', async () => {
    await page.goto(`${inject('page')}#tensor=k&tokens=128`);
    await pictureReady();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const header = await text('header');
    expect(header).toMatch(/8 → 12 blocks/);
    expect(header).toMatch(/WebAssembly SIMD, \d+ threads/);
    expect(header).toMatch(/No WebGPU here, so the CPU computes/);
  });

  it('aligns: the cost of a cell is that of the file', async () => {
    await page.waitForSelector('.cell-details[data-stale=false]');
    const pair = await text('aside.inspector');
    const [, row, column, cost] = /k (\d+) → (\d+)[^]*‖₂ = ([\d.]+)/.exec(pair) ?? [];
    const expected = await distance('self_attn.k_proj', [6, 7], Number(row), Number(column));
    expect(Number(cost)).toBeCloseTo(expected, 2);
  });

  it('compares, and draws the plot', async () => {
    await press('Compare');
    await press('Evaluate all');
    await page.waitForSelector('button::-p-text(All evaluated)', { timeout: 60_000 });
    await page.waitForSelector('.js-plotly-plot .main-svg');
    expect(Number(await text('tr[data-arm=base] td'))).toBeGreaterThan(2);
  });

  it('exports a zip, as there is no picker of folders', async () => {
    await page.locator('button[data-control=export]').click();
    expect(await page.evaluate(() => 'showDirectoryPicker' in globalThis)).toBe(false);
    await press('Download .zip');
    await page.waitForSelector('::-p-text(All 110 tensors were read back)', { timeout: 60_000 });
    await expect
      .poll(async () => (await readdir(downloads)).join(), { timeout: 10_000 })
      .toMatch(/^[^,]*\.zip$/);
    zip = join(downloads, (await readdir(downloads))[0] ?? '');
    const files = [...readZip(await readFile(zip)).keys()].map((path) => path.split('/').at(-1));
    expect(files).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'interlayer.json']));
    await press('Done');
  });

  it('opens what it exported, with the same loss', async () => {
    const before = await text('tr[data-arm=base] td');
    const input = await page.waitForSelector('input[aria-label="Model files"]');
    await (input as ElementHandle<HTMLInputElement>).uploadFile(zip);
    await page.waitForFunction(() => /12 → \d+/.test(document.querySelector('header')?.textContent ?? ''));
    await press('Evaluate all');
    await page.waitForFunction(
      () =>
        /^[\d.]+$/.test(
          (document.querySelector('tr[data-arm=base] td') as HTMLElement | null)?.innerText ?? '',
        ),
      { timeout: 60_000 },
    );
    expect(await text('tr[data-arm=base] td')).toBe(before);
  });

  it('opens on the second visit when the server has stopped', async () => {
    const host = new StaticHost();
    await host.start();
    await page.goto(`http://interlayer.localhost:${host.port}/`);
    await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      if (active?.state === 'activated') return;
      await new Promise((resolve) => active?.addEventListener('statechange', resolve, { once: true }));
    });
    await host.stop();
    await page.reload();
    await pictureReady();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it('left the console clean', () => {
    expect(complaints).toEqual([]);
  });
});
