import type { Page } from 'playwright-core';
import { preview } from 'vite';
import { describe, expect, it } from 'vitest';
import { violationsInBothThemes } from './accessible';
import { launch, open, pictureReady } from './browser';
import { visits } from './visits';

describe('the page', () => {
  const { visit: start } = visits();

  it('has no accessibility violation, in light and dark', async () => {
    const page = await start();
    await pictureReady(page);
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Compare' }).click();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Export checkpoint' }).click();
    await page.getByRole('dialog', { name: 'Export checkpoint' }).waitFor();
    expect(await violationsInBothThemes(page, 'dialog')).toEqual([]);
  });

  it('would be found to have violations, in a theme that is not shown, too', async () => {
    const page = await start();
    await page.evaluate(() => {
      document.body.insertAdjacentHTML(
        'beforeend',
        '<main id="planted"><button></button><p>faint where it is dark</p></main>',
      );
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('html[data-theme=dark] #planted p { color: #333; background: #222 }');
      document.adoptedStyleSheets.push(sheet);
    });
    const found = await violationsInBothThemes(page, '#planted');
    expect(found.map((each) => each.replace(/: <.*/, ''))).toEqual(
      expect.arrayContaining(['button-name', 'dark: color-contrast']),
    );
  });

  it('fits a phone: nothing is wider than 390 px, and the plan is there', async () => {
    const page = await start({ width: 390, height: 844 });
    await pictureReady(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const box = await page.locator('.cells canvas').boundingBox();
    expect(box?.width).toBeGreaterThan(250);
  });

  it('restores everything from its link', async () => {
    const page = await start();
    await pictureReady(page);
    await page.getByRole('button', { name: 'k', exact: true }).click();
    await page.getByRole('button', { name: 'cost', exact: true }).click();
    await page.getByRole('combobox', { name: 'Method' }).selectOption('opt-deus:literal');
    await expect.poll(() => page.url()).toMatch(/literal/);
    await expect.poll(() => page.url()).toMatch(/cost/);
    const { hash } = new URL(page.url());

    const again = await start({ hash });
    await pictureReady(again);
    expect(await again.getByRole('combobox', { name: 'Method' }).inputValue()).toBe('opt-deus:literal');
    expect(await again.getByRole('button', { name: 'k', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    expect(await again.getByRole('button', { name: 'cost', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    expect(new URL(again.url()).hash).toBe(hash);
  });

  it('says which field of a bad link it did not understand, and opens all the same', async () => {
    const page = await start({ hash: '#method=opt-deus:paper&eps=-3' });
    await pictureReady(page);
    await expect.poll(() => page.getByRole('region', { name: 'Notices' }).innerText()).toMatch(/eps/);
  });

  it('refuses a broken model with its reason and keeps the one that is open', async () => {
    const page = await start();
    await pictureReady(page);
    await page.getByLabel('Model files').setInputFiles([
      {
        name: 'config.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{"architectures":["LlamaForCausalLM"]}'),
      },
      { name: 'model.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from('truncated') },
    ]);
    await expect
      .poll(() => page.getByRole('alert').first().innerText())
      .toMatch(/model\.safetensors[^]*expected/i);
    expect(await page.getByRole('banner').innerText()).toMatch(/interlayer-fairy/);
  });

  it('refuses an ε that is none where it is typed', async () => {
    const page = await start();
    await pictureReady(page);
    const field = page.getByLabel('ε, the entropic regularisation');
    await field.fill('-1');
    await expect.poll(() => page.getByRole('alert').first().innerText()).toMatch(/above 0/);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
  });

  it('works by keyboard alone: a block is added and taken away', async () => {
    const page = await start();
    await pictureReady(page);
    await page.getByRole('button', { name: 'Add a new block in gap 1|2' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('banner').innerText()).toMatch(/8 → 13 blocks/);
    await page.getByRole('button', { name: /^New block 1\|2/ }).focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => page.getByRole('banner').innerText()).toMatch(/8 → 12 blocks/);
    await page.keyboard.press('Shift+?');
    await page.getByRole('dialog', { name: /Keyboard/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('says how the shipped model was trained', async () => {
    const page = await start();
    await pictureReady(page);
    await page.getByRole('button', { name: 'About', exact: true }).click();
    const about = page.getByRole('dialog', { name: /About/ });
    await expect.poll(() => about.innerText()).toMatch(/5,461 AdamW steps/);
  });
});

describe('on the CPU', () => {
  const { visit, start } = visits();

  const chip = (page: Page): Promise<string> =>
    page
      .getByRole('button', { name: /WebGPU|CPU/ })
      .first()
      .innerText();

  it('computes on threads, for the served page is isolated', async () => {
    const page = await start();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(await chip(page)).toMatch(
      cores > 1 ? new RegExp(`WebAssembly SIMD, ${Math.min(16, cores)} threads`) : /1 thread/,
    );
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByText(/exactly/).waitFor({ timeout: 60_000 });
  });

  it('computes on one thread where the server does not isolate the page', async () => {
    const page = await visit();
    // Without the project's configuration, and so without its headers.
    const plain = await preview({
      configFile: false,
      logLevel: 'error',
      preview: { port: 0, host: '127.0.0.1' },
    });
    try {
      await page.goto(plain.resolvedUrls?.local[0] ?? '');
      await pictureReady(page);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
      expect(await chip(page)).toMatch(/WebAssembly SIMD, 1 thread\b/);
    } finally {
      await plain.close();
    }
  });

  it('or on WebGPU, whichever is faster, when the page is left to itself', async () => {
    const page = await start({ backend: 'auto' });
    await page
      .getByRole('button', { name: /WebGPU|CPU/ })
      .first()
      .click();
    const auto = page.getByRole('button', { name: 'Auto', exact: true });
    expect(await auto.getAttribute('aria-pressed')).toBe('true');
    const notice = page.getByRole('status').filter({ hasText: 'software' });
    if ((await chip(page)).startsWith('CPU')) expect(await notice.innerText()).toMatch(/times as fast/);
    else expect(await notice.count()).toBe(0);
  });
});

describe('without WebGPU', () => {
  it('the page says so in a line and works on the CPU', async () => {
    const browser = await launch({ webgpu: false });
    try {
      const { page, complaints } = await open(browser, { backend: 'auto' });
      await pictureReady(page);
      expect(await page.getByRole('banner').innerText()).toMatch(/CPU/);
      expect(await page.getByRole('status').filter({ hasText: 'WebGPU' }).innerText()).toMatch(/CPU/);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
