import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, open, selectedPair, pictureReady, type Opened } from './browser';
import { MODEL, distance } from './weights';
import { readZip } from './zip';

/** Reads the numbers of the inspector's formula, in their order there. */
async function formula(page: Page): Promise<{ cost: number; n: number; f: number; g: number; mass: number }> {
  const text = await page.getByLabel('Formula of this cell').innerText();
  const number = String.raw`(−?[\d.]+(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)`;
  const pattern = new RegExp(
    String.raw`= ${number}\s+n·T.*\s+= (\d+)·exp\(\(${number} \+ ${number} − ${number}\)/[\d.]+\)\s+= ${number}`,
  );
  const [, cost, n, f, g, , mass] = (pattern.exec(text) ?? []).map((part) =>
    Number(
      part.replace('−', '-').replace(
        /·10(.+)/,
        (_, power: string) =>
          `e${[...power]
            .map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))
            .map((i) => (i === 0 ? '-' : i - 1))
            .join('')}`,
      ),
    ),
  );
  return { cost: cost ?? NaN, n: n ?? NaN, f: f ?? NaN, g: g ?? NaN, mass: mass ?? NaN };
}

describe('the whole path, from an empty browser to a checkpoint that opens again', () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let exported: Map<string, Buffer>;
  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, { backend: 'webgpu', motion: true });
    ({ page } = opened);
  });
  afterAll(() => browser.close());

  it('opens on the shipped model, on WebGPU, with the plan forming by itself', async () => {
    const figure = page.getByRole('figure', { name: 'Alignment' });
    await figure.and(page.locator('[data-half-step]')).waitFor();
    await pictureReady(page);
    expect(Number(await figure.getAttribute('data-half-step'))).toBeGreaterThan(10);
    expect(await page.getByText('converged', { exact: true }).isVisible()).toBe(true);
    expect(await page.getByRole('banner').innerText()).toMatch(
      /interlayer-fairy-1\.7m[^]*8 → 12 blocks[^]*WebGPU/,
    );
  });

  it('shows the picture that the plan makes, not an empty canvas', async () => {
    const colours = await page.locator('.cells canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
      return seen.size;
    });
    expect(colours).toBeGreaterThan(50);
  });

  it('reads a cell under the mouse, with the numbers of the file', async () => {
    await page.getByRole('button', { name: 'index', exact: true }).click();
    await pictureReady(page);
    const box = await page.locator('.cells canvas').boundingBox();
    if (!box) throw new Error('the picture has no box');
    // Cell (40, 93) of 128 × 128, in index order.
    await page.mouse.move(box.x + (93.5 / 128) * box.width, box.y + (40.5 / 128) * box.height);
    await expect.poll(() => selectedPair(page)).toBe('40 → 93');
    const { cost, n, f, g, mass } = await formula(page);
    expect(n).toBe(128);
    expect(cost).toBeCloseTo(await distance('self_attn.q_proj', [6, 7], 40, 93), 3);
    // Each term is shown with four digits, and their error is divided by ε.
    expect(Math.log(mass)).toBeCloseTo(Math.log(128) + (f + g - cost) / 0.06, 1);
  });

  it('moves to the next cell by keyboard, pins it and lets it go', async () => {
    const grid = page.getByRole('application', { name: /^Heatmap of plan of/ });
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => selectedPair(page)).toBe('41 → 94');
    await expect
      .poll(async () => (await formula(page)).cost)
      .toBeCloseTo(await distance('self_attn.q_proj', [6, 7], 41, 94), 3);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(/cell=41/);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).not.toMatch(/cell=/);
  });

  it('plays the film backwards to an earlier half-step', async () => {
    const figure = page.getByRole('figure', { name: 'Alignment' });
    await page.getByRole('button', { name: 'To the start' }).click();
    await expect.poll(() => figure.getAttribute('data-half-step')).toBe('0');
    await page.getByRole('button', { name: 'Half-step forward' }).click();
    await expect.poll(() => figure.getAttribute('data-half-step')).toBe('1');
    await page.getByRole('button', { name: 'To the end' }).click();
    await pictureReady(page);
  });

  it('follows a change of gap, tensor, method, ε and seed', async () => {
    const caption = page.locator('figcaption');
    await page
      .getByRole('button', { name: /^New block 4\|5/ })
      .first()
      .click();
    await pictureReady(page);
    await expect.poll(() => caption.innerText()).toMatch(/of block 4, each column one of block 5/);

    await page.getByRole('button', { name: 'v', exact: true }).click();
    await pictureReady(page);
    await expect.poll(() => caption.innerText()).toMatch(/64 of each/);

    await page.getByRole('combobox', { name: 'Method' }).selectOption('opt-deus:hard');
    await pictureReady(page);
    await expect.poll(() => caption.innerText()).toMatch(/paired one to one/);

    await page.getByRole('combobox', { name: 'Method' }).selectOption('opt-deus:paper');
    await page.getByLabel('ε, the entropic regularisation').fill('0.5');
    await page.keyboard.press('Enter');
    await pictureReady(page);
    // With a large ε each of the 64 neurons goes almost everywhere.
    await expect
      .poll(async () => Number(/over ([\d.]+) partners/.exec(await caption.innerText())?.[1]))
      .toBeGreaterThan(60);

    const before = await page.getByRole('region', { name: 'Timeline' }).innerText();
    await page.getByLabel(/^Seed/).first().fill('7');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(/seed=7/);
    await pictureReady(page);
    await expect.poll(() => page.getByRole('region', { name: 'Timeline' }).innerText()).not.toBe(before);
  });

  it('undoes the changes of the recipe', async () => {
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.url()).not.toMatch(/seed=7/);
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.url()).not.toMatch(/eps=0\.5/);
    await pictureReady(page);
  });

  it('compares base and every method, and finds zeroed ones to change nothing', async () => {
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByLabel('Tokens').selectOption({ index: 0 });
    await page.getByRole('button', { name: 'Evaluate all' }).click();
    await page.getByRole('button', { name: 'All evaluated' }).waitFor({ timeout: 150_000 });
    const table = page.getByRole('table');
    await table.getByRole('button', { name: /zeroed arms, equal to the base/ }).click();
    const row = async (arm: string): Promise<string[]> =>
      table.locator(`tr[data-arm="${arm}"] td`).allInnerTexts();
    const [baseLoss] = await row('base');
    expect(Number(baseLoss)).toBeGreaterThan(2);
    for (const arm of ['opt-deus:literal', 'opt-deus:paper', 'opt-deus:hard', 'average:zero', 'llama-pro']) {
      const cells = await row(arm);
      expect(cells[0], arm).toBe(baseLoss);
      expect(cells.join(' '), arm).toMatch(/exactly/);
    }
    const average = await row('average');
    expect(Number(average[0])).toBeGreaterThan(Number(baseLoss));
    expect(average.join(' ')).not.toMatch(/exactly/);
    await page.locator('.js-plotly-plot .main-svg').first().waitFor({ timeout: 30_000 });
  });

  it('exports a checkpoint as a zip', async () => {
    await page.getByRole('button', { name: 'Export checkpoint' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    await dialog.getByRole('button', { name: 'Measure the losses' }).focus();
    await page.keyboard.press('Enter');
    await dialog
      .getByText('the deeper model’s loss equals the base model’s exactly')
      .waitFor({ timeout: 60_000 });
    const [saved] = await Promise.all([
      page.waitForEvent('download', { timeout: 120_000 }),
      dialog.getByRole('button', { name: 'Download .zip' }).click(),
    ]);
    const files = readZip(await readFile(await saved.path()));
    exported = new Map([...files].map(([path, bytes]) => [path.split('/').at(-1) ?? path, bytes]));
    expect([...exported.keys()].sort()).toEqual([
      'README.md',
      'config.json',
      'generation_config.json',
      'interlayer.json',
      'model.safetensors',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'train.md',
      'train.py',
    ]);
    const panel = dialog.getByRole('status').filter({ hasText: 'Written' });
    await panel.getByText(/All 110 tensors were read back .*; 74 are the base/).waitFor();
    const hashes = await panel.getByLabel(/^SHA-256/).inputValue();
    for (const [name, bytes] of exported)
      expect(hashes).toContain(`${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`.trim());
    expect(String(exported.get('train.py'))).toContain('"new_blocks":[4,6,8,10]');
    expect(String(exported.get('README.md'))).toMatch(
      /tokens of Fairy tales, held out[^]*this model, as saved/,
    );
    expect(JSON.parse(String(exported.get('config.json')))).toMatchObject({ num_hidden_layers: 12 });
    expect(String(exported.get('tokenizer.json'))).toBe(await readFile(`${MODEL}/tokenizer.json`, 'utf8'));
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  it('opens what it exported, deeper and with the same loss', async () => {
    const baseLoss = await page.locator('tr[data-arm=base] td').first().innerText();
    await page
      .getByLabel('Model files')
      .setInputFiles(
        [...exported].map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer })),
      );
    await expect
      .poll(() => page.getByRole('banner').innerText(), { timeout: 30_000 })
      .toMatch(/12 → \d+ blocks/);
    await page.getByRole('button', { name: 'Evaluate all' }).click();
    await expect
      .poll(() => page.locator('tr[data-arm=base] td').first().innerText(), { timeout: 60_000 })
      .toBe(baseLoss);
    await page.getByRole('button', { name: 'Cancel' }).first().click();
  });

  it('saves straight into a folder where the browser allows it', async () => {
    // The browser's picker is replaced; the folder it returns is real, in the page's private file system.
    await page.evaluate(() => {
      Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
    });
    await page.getByRole('combobox', { name: 'Method' }).selectOption('average:zero');
    await page.getByRole('button', { name: 'Export checkpoint' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    await dialog.getByLabel('Name').fill('deeper');
    await dialog.getByLabel('Computed tensors').selectOption('exact float32');
    await dialog.getByRole('button', { name: 'Save to a folder…' }).click();
    await dialog.getByRole('status').filter({ hasText: 'Written' }).waitFor({ timeout: 120_000 });
    const names = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('deeper');
      const found: string[] = [];
      for await (const name of folder.keys()) found.push(name);
      return found;
    });
    expect(names).toContain('model.safetensors');
    expect(names).toContain('interlayer.json');
    const dtype = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('deeper');
      const file = await (await folder.getFileHandle('config.json')).getFile();
      return (JSON.parse(await file.text()) as { torch_dtype: string }).torch_dtype;
    });
    expect(dtype).toBe('float32');
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  it('left the console clean', () => {
    expect(opened.complaints).toEqual([]);
  });
});
