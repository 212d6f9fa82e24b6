import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { pageWidth, violationsInBothThemes } from './accessible';
import { pictureReady } from './browser';
import { visits } from './visits';
import { distances, weights } from './oracle';
import { planScalePosition, viridisPosition, referenceEngine, valuesOf } from './stage';

const TEXT = 'public/corpus/fairy-heldout.txt';
const Q = { recipe: DEFAULT_RECIPE, gap: 6, tensor: 'self_attn.q_proj' } as const;

async function save(page: Page, name: string): Promise<{ file: Buffer; name: string }> {
  const button = page.getByRole('button', { name, exact: true });
  if (!(await button.isVisible())) await page.getByRole('button', { name: 'Save', exact: true }).click();
  const [download]: [Download, void] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { file: await readFile(await download.path()), name: download.suggestedFilename() };
}

/** Parses values and shape of a NumPy file by its specification (NEP 1). */
function readNpy(file: Buffer): { shape: number[]; values: Float32Array } {
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  const length = file.readUInt16LE(8);
  const header = file.subarray(10, 10 + length).toString('latin1');
  expect(header).toMatch(/'descr': '<f4', 'fortran_order': False/);
  expect((10 + length) % 64).toBe(0);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const bytes = Uint8Array.from(file.subarray(10 + length));
  return { shape, values: new Float32Array(bytes.buffer) };
}

describe('figures', () => {
  const { start } = visits();
  let engine: Engine;
  beforeAll(async () => {
    engine = await referenceEngine();
  });
  afterAll(() => engine.dispose());

  it('saves the picture as SVG: vector axes, words, recipe, and a raster of the engine’s values', async () => {
    const page = await start({ hash: '#order=index', theme: 'dark' });
    const { file, name } = await save(page, 'Picture as SVG');
    expect(name).toBe('interlayer-plan-q-gap-6-7.svg');
    const { key } = await engine.run('align', Q);
    const value = await valuesOf(engine, { key, kind: 'plan' });
    const cells = [...Array(20).keys()].map((i) => [(i * 37) % 128, (i * 53 + 11) % 128] as const);
    // In a page without a policy, which would speak about the styles in the file.
    const reader = await page.context().newPage();
    const found = await reader.evaluate(
      async ({ svg, at }) => {
        const figure = new DOMParser().parseFromString(svg, 'image/svg+xml');
        const raster = figure.querySelector('image[width]');
        const image = new Image();
        image.src = raster?.getAttribute('href') ?? '';
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d', { willReadFrequently: true });
        context?.drawImage(image, 0, 0);
        return {
          error: figure.querySelector('parsererror')?.textContent,
          width: figure.documentElement.getAttribute('width'),
          texts: [...figure.querySelectorAll('text')].map((text) => text.textContent),
          recipe: figure.querySelector('metadata recipe')?.textContent ?? '',
          desc: figure.querySelector('desc')?.textContent ?? '',
          colours: at.map(([row, column]) => {
            const size = canvas.width / 128;
            const [x, y] = [(column + 0.5) * size, (row + 0.5) * size];
            return [...(context?.getImageData(x, y, 1, 1).data.slice(0, 3) ?? [])];
          }),
        };
      },
      { svg: file.toString('utf8'), at: cells },
    );
    expect(found.error).toBeUndefined();
    expect(found.width).toBe('88.90mm');
    expect(JSON.parse(found.recipe)).toEqual(DEFAULT_RECIPE);
    expect(found.desc).toMatch(/block 6, each column one of block 7[^]*ε 0\.06/);
    expect(found.texts.join('\n')).toMatch(/query dimensions of block 7/);
    for (const [i, [row, column]] of cells.entries()) {
      const [red = NaN, green = NaN, blue = NaN] = found.colours[i] ?? [];
      const expected = planScalePosition(value(row, column), 128);
      expect(Math.abs(viridisPosition([red, green, blue]) - expected)).toBeLessThan(0.02);
    }
  });

  it('saves PNG at 300 dpi with the recipe inside, by keyboard', async () => {
    const page = await start();
    await page.getByRole('button', { name: 'Save', exact: true }).focus();
    await page.keyboard.press('Enter');
    const button = page.getByRole('button', { name: 'Curves of the solve as PNG', exact: true });
    await button.focus();
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const file = await readFile(await download.path());
    expect(file.readUInt32BE(16)).toBe(1050);
    const density = file.indexOf('pHYs', 0, 'latin1');
    expect(file.readUInt32BE(density + 4)).toBe(11811);
    const recipe = file.indexOf('tEXtRecipe\0', 0, 'latin1');
    const length = file.readUInt32BE(recipe - 4);
    const text = file.subarray(recipe + 4, recipe + 4 + length).toString('latin1');
    expect(JSON.parse(text.slice('Recipe\0'.length))).toEqual(DEFAULT_RECIPE);
    await page.keyboard.press('Escape');
    await button.waitFor({ state: 'hidden' });
  });

  it('saves every other view that is on show', async () => {
    const page = await start({ hash: '#ribbons=on' });
    await page.locator('.ribbons-plate[data-pairs="64"]').waitFor();
    const ribbons = (await save(page, 'Ribbons as SVG')).file.toString('utf8');
    expect(ribbons.match(/<path /g)).toHaveLength(64);
    const tower = (await save(page, 'Tower with its measure as SVG')).file.toString('utf8');
    expect(tower.match(/>block \d</g)).toHaveLength(8);
    expect(tower.match(/>new \d\|\d</g)).toHaveLength(4);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'cost', exact: true }).click();
    await pictureReady(page);
    expect((await save(page, 'Picture as SVG')).name).toBe('interlayer-cost-q-gap-6-7.svg');
  });

  it('saves cost, plan and potentials as NumPy files whose numbers belong together', async () => {
    const page = await start();
    const cost = readNpy((await save(page, 'Cost as .npy')).file);
    const plan = readNpy((await save(page, 'Plan as .npy')).file);
    const potentials = readNpy((await save(page, 'Potentials f, g as .npy')).file);
    expect([cost.shape, plan.shape, potentials.shape]).toEqual([
      [128, 128],
      [128, 128],
      [2, 128],
    ]);
    const [a, b] = await Promise.all([6, 7].map((block) => weights('self_attn.q_proj', block, 128)));
    const expected = distances(a ?? [], b ?? []);
    let mass = 0;
    for (let i = 0; i < 128; i++)
      for (let j = 0; j < 128; j++) {
        const at = i * 128 + j;
        const [m, t] = [cost.values[at] ?? NaN, plan.values[at] ?? NaN];
        expect(Math.abs(m - (expected[i]?.[j] ?? NaN))).toBeLessThan(2e-5);
        const [f, g] = [potentials.values[i] ?? NaN, potentials.values[128 + j] ?? NaN];
        expect(Math.abs(t / Math.exp((f + g - m) / 0.06) - 1)).toBeLessThan(1e-3);
        mass += t;
      }
    expect(mass).toBeCloseTo(1, 4);
  });

  it('shows the kernel with the lines of the half-step, by keyboard', async () => {
    const page = await start();
    await page.keyboard.press('w');
    const reader = page.getByRole('complementary', { name: 'Kernel' });
    const lit = (name: string) =>
      reader.getByRole('region', { name: `${name}.wgsl` }).locator('.kernel-line[data-lit=true]');
    await reader.getByRole('region', { name: 'sinkhorn_rows.wgsl' }).waitFor();
    const text = await reader
      .getByRole('region', { name: 'sinkhorn_rows.wgsl' })
      .locator('code')
      .evaluate((code) => code.textContent);
    expect(text).toContain((await readFile('shaders/sinkhorn_rows.wgsl', 'utf8')).trimEnd());

    await page.getByRole('button', { name: 'To the start' }).click();
    await expect.poll(() => reader.locator('[data-lit=true]').count()).toBe(0);
    await page.keyboard.press('.');
    await expect.poll(() => lit('sinkhorn_columns').count()).toBe(6);
    expect(await lit('sinkhorn_rows').count()).toBe(0);
    expect(await lit('sinkhorn_columns').last().innerText()).toMatch(/next\[column\] = select/);
    await page.keyboard.press('.');
    await expect.poll(() => lit('sinkhorn_rows').count()).toBe(5);
    expect(await lit('sinkhorn_columns').count()).toBe(0);

    await reader.getByRole('button', { name: 'cost', exact: true }).click();
    await expect.poll(() => lit('pairwise_distance').count()).toBe(4);
    await page.getByRole('region', { name: 'Text of the kernel' }).focus();
    const scrolled = () => page.locator('.kernel-text').evaluate(({ scrollTop }) => scrollTop);
    const before = await scrolled();
    await page.keyboard.press('PageUp');
    await expect.poll(scrolled).toBeLessThan(before);
    await expect.poll(() => page.url()).toMatch(/kernel=cost/);
    await reader.getByRole('button', { name: 'Close the kernel' }).click();
    await reader.waitFor({ state: 'detached' });
  });

  it('says the picture in words, with the engine’s strongest pairs', async () => {
    const page = await start();
    const { key } = await engine.run('align', Q);
    const { rows, columns } = await engine.run('strongest', { key, count: 2 });
    await page.keyboard.press('d');
    const words = page.getByRole('region', { name: 'The picture in words' });
    const pairs = new RegExp(
      `Strongest pairs.*: ${rows[0]} with ${columns[0]} \\([\\d.]+\\), ${rows[1]} with ${columns[1]} `,
    );
    await expect.poll(() => words.innerText()).toMatch(pairs);
    const text = await words.innerText();
    expect(text).toMatch(/Transport plan of q: each row is a query dimension of block 6/);
    expect(text).toMatch(/128 rows by 128 columns/);
    const perplexity = Number(/spreads over ([\d.]+) of 128 partners/.exec(text)?.[1]);
    const sharpness = Number(/sharpness ([\d.]+)/.exec(text)?.[1]);
    expect(sharpness).toBeCloseTo(1 - Math.log(perplexity) / Math.log(128), 2);
    await expect.poll(() => page.getByRole('status', { name: 'Picture' }).innerText()).toMatch(pairs);
    await page.keyboard.press('d');
    await words.waitFor({ state: 'detached' });
  });

  it('shows what drives two MLP units, as the engine finds it', async () => {
    const page = await start({ hash: '#tensor=gate&cell=12.40' });
    await page.getByRole('button', { name: 'What do these units do?' }).click();
    const report = await engine.run('neuron', {
      recipe: DEFAULT_RECIPE,
      gap: 6,
      row: 12,
      column: 40,
      text: await readFile(TEXT, 'utf8'),
      maxTokens: 512,
      top: 8,
    });
    for (const { block, unit, top } of [report.previous, report.next]) {
      const list = page.getByRole('region', { name: `Block ${block}, unit ${unit}` });
      await list.waitFor({ timeout: 60_000 });
      const marks = await list.locator('mark').allInnerTexts();
      expect(marks[0]?.trim()).toBe(top[0]?.token.trim());
      expect(new Set(marks.map((mark) => mark.trim()))).toEqual(
        new Set(top.map(({ token }) => token.replaceAll('\n', ' ⏎ ').trim())),
      );
      const first = (await list.locator('.neuron-value').first().innerText()).replace('−', '-');
      expect(Number(first) / (top[0]?.value ?? NaN)).toBeCloseTo(1, 1);
    }
    const summary = await page.locator('.neuron-summary').innerText();
    const shown = Number(/Correlation (−?[\d.]+)/.exec(summary)?.[1]?.replace('−', '-'));
    expect(Math.abs(shown - report.correlation)).toBeLessThan(0.011);
    await expect.poll(() => page.url()).toMatch(/neuron=on/);
  });

  it('prints the figure with its caption and recipe, and nothing else', async () => {
    const page = await start();
    await page.locator('.print-only').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    for (const gone of ['.header', '.side', '.toolbar', '.timeline', '.inspector', '.tab-row'])
      expect(await page.locator(gone).isVisible(), gone).toBe(false);
    expect(await page.locator('.cells canvas').first().isVisible()).toBe(true);
    expect(await page.locator('.print-only').innerText()).toMatch(/opt-deus:paper.*gap 6.*ε 0\.06/);
    expect(await page.locator('figcaption').innerText()).toMatch(/Each row is/);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 4).toString()).toBe('%PDF');
  });

  it('has no accessibility violation with all of it open, in light and dark, and fits a phone', async () => {
    const page = await start({ hash: '#tensor=gate&cell=12.40&neuron=on&kernel=sinkhorn&describe=on' });
    await page.locator('.drivers').waitFor({ timeout: 60_000 });
    await page.locator('.kernel-line').first().waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Plan as .npy', exact: true }).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => pageWidth(page)).toBe(390);
  });
});
