import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { pageWidth, violationsInBothThemes } from './accessible';
import { pictureReady } from './browser';
import { visits } from './visits';

const { start } = visits();

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Backend' });
const chip = (page: Page): Locator => page.getByRole('banner').locator('.backend-chip');

/** Opens the panel by its key. */
async function openPanel(page: Page): Promise<Locator> {
  await page.keyboard.press('g');
  await panel(page).getByRole('region', { name: 'Memory by kind' }).waitFor();
  return panel(page);
}

/** Shows the kernels of the solve, and not those of a job after it. */
async function chooseAlign(opened: Locator): Promise<void> {
  const jobs = opened.getByRole('combobox', { name: 'Job' });
  if ((await jobs.count()) > 0) await jobs.selectOption({ label: 'Align' });
}

/** Turns timing on and solves another tensor, then opens the panel again, by keyboard alone. */
async function timeOneSolve(page: Page): Promise<Locator> {
  const opened = await openPanel(page);
  await opened.getByRole('checkbox', { name: 'Time kernels' }).focus();
  await page.keyboard.press('Space');
  await expect.poll(() => opened.getByRole('checkbox').isChecked()).toBe(true);
  await opened.getByText('No job has computed').waitFor();
  await page.keyboard.press('Escape');
  await opened.waitFor({ state: 'hidden' });
  await page.keyboard.press('2');
  await page.locator('[aria-pressed=true]', { hasText: /^k$/ }).waitFor();
  await pictureReady(page);
  await openPanel(page);
  await chooseAlign(opened);
  await opened.getByText(/^Align: .* in kernels of /).waitFor();
  return opened;
}

/** The rows of a table of the panel, by their names. */
async function rows(opened: Locator, name: string): Promise<Map<string, string[]>> {
  const texts = await opened
    .getByRole('region', { name, exact: true })
    .getByRole('row')
    .evaluateAll((list) => list.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  return new Map(texts.map(([head = '', ...cells]) => [head, cells]));
}

describe('the panel about the backend', () => {
  it('shows device, memory by kind, the kernels of a solve and the bandwidth, and is copied as text', async () => {
    const page = await start();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const opened = await timeOneSolve(page);
    const device = opened.getByRole('region', { name: 'Device' });
    expect(await device.innerText()).toMatch(/WebAssembly SIMD[^]*Why not WebGPU\s+The CPU was chosen/);

    const memory = await rows(opened, 'Memory by kind');
    expect(memory.get('Weights')?.[0]).toMatch(/KiB|MiB/);
    // The costs of q, with 128 rows, and of k, with 64.
    expect(memory.get('Costs')?.[0]).toBe('80.0 KiB');

    const kernels = await rows(opened, 'Kernels of the job');
    expect(kernels.get('kernel')).toEqual(['calls', 'ms', 'share']);
    expect(kernels.size).toBeGreaterThan(3);
    const shares = [...kernels.values()]
      .slice(1)
      .map(([, , share = '']) => Number.parseFloat(share.replace('< ', '')));
    expect(Math.abs(shares.reduce((sum, share) => sum + share) - 100)).toBeLessThan(5);

    await opened.getByRole('button', { name: 'Measure bandwidth' }).press('Enter');
    await expect
      .poll(() => opened.getByRole('status', { name: 'Bandwidth' }).innerText(), { timeout: 20_000 })
      .toMatch(/^[\d.]+ GB\/s read and written by copies of 32\.0 MiB\.$/);
    // Measuring is not the page's own use of memory.
    expect((await rows(opened, 'Memory by kind')).get('Other')?.[1]).not.toMatch(/6\d\.\d MiB/);

    await opened.getByRole('button', { name: 'Copy as text' }).press('Enter');
    const live = opened.locator('[aria-live=polite]', { hasText: 'Copied' });
    await live.waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    for (const part of [/Browser +Chrom/, /Threads/, /Costs +80\.0 KiB/, /Align: /, /GB\/s read and written/])
      expect(text).toMatch(part);
    expect(text).not.toMatch(/interlayer-fairy|127\.0\.0\.1|file:/);

    await page.keyboard.press('Escape');
    await expect.poll(() => panel(page).count()).toBe(0);
  });

  it('opens by its key right after it was closed, before the next frame', async () => {
    const page = await start();
    await openPanel(page);
    await page.evaluate(async () => {
      document.querySelector('dialog')?.close();
      // The page hears of it in microtasks.
      for (let i = 0; i < 10; i++) await Promise.resolve();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'g', bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    expect(await panel(page).isVisible()).toBe(true);
  });

  it('opens from the name of the backend, and gives the focus back to it', async () => {
    const page = await start();
    await chip(page).press('Enter');
    expect(await chip(page).getAttribute('aria-expanded')).toBe('true');
    await panel(page).getByRole('button', { name: 'CPU', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => chip(page).evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await chip(page).getAttribute('aria-expanded')).toBe('false');
    await openPanel(page);
    await page.mouse.click(2, 2);
    await panel(page).waitFor({ state: 'detached' });
    expect(await chip(page).evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it('gives the text to copy by hand where the browser refuses', async () => {
    const page = await start();
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
    });
    const opened = await openPanel(page);
    await opened.getByRole('button', { name: 'Copy as text' }).click();
    await opened.getByRole('alert').filter({ hasText: 'did not let' }).waitFor();
    expect(await opened.getByRole('textbox').inputValue()).toMatch(/^Interlayer, its backend\n/);
  });

  it('has no accessibility violation, in light and dark, and fits a phone', async () => {
    const page = await start();
    const opened = await timeOneSolve(page);
    await opened.getByText('Features', { exact: true }).click();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await expect.poll(() => pageWidth(page)).toBe(width);
      expect(await violationsInBothThemes(page)).toEqual([]);
      const inner = await opened.evaluate((dialog) => [dialog.scrollWidth, dialog.clientWidth]);
      expect(inner[0]).toBe(inner[1]);
    }
  });

  it('on WebGPU shows the adapter, its limits, and what the kernels reach of its bandwidth', async () => {
    const page = await start({ backend: 'webgpu' });
    const opened = await timeOneSolve(page);
    expect(await opened.getByRole('region', { name: 'Device' }).innerText()).toMatch(
      /Adapter\s+.+\s+Kind\s+(software|hardware)[^]*Subgroups/,
    );
    await opened.getByText('Limits and features').click();
    await opened
      .getByText(/^\d.* (MiB|GiB)$/)
      .first()
      .waitFor();
    await opened.getByRole('button', { name: 'Measure bandwidth' }).click();
    const said = opened.getByRole('status', { name: 'Bandwidth' });
    await expect.poll(() => said.innerText(), { timeout: 20_000 }).toMatch(/bound by memory reached [\d.<]+/);
    const listed = async () => {
      await chooseAlign(opened);
      return rows(opened, 'Kernels of the job');
    };
    await expect.poll(async () => [...(await listed()).keys()], { timeout: 20_000 }).toContain('plan_rows');
    const kernels = await listed();
    expect(kernels.get('kernel')).toEqual(['calls', 'ms', 'share', 'GB/s', 'of copies', 'GFLOP/s']);
    expect(kernels.get('plan_rows')?.[3]).toMatch(/\d/);
    expect(kernels.get('plan_rows')?.[5]).toBe('–');
  });
});
