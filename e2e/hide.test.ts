import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ControlName } from '../src/recipe/controls';
import { pageWidth, violations } from './accessible';
import { pictureReady } from './browser';
import { visits } from './visits';

const control = (page: Page, name: ControlName) => page.locator(`[data-control='${name}']`);

describe('hiding controls', () => {
  const { visit, start } = visits();

  it('shows at no moment what the link hides', async () => {
    const page = await visit({ hash: '#hide=export,method-panel,inspector,tab-train' });
    await page.addInitScript(() => {
      const seen = new Set<string>();
      Object.assign(globalThis, { seen });
      const look = () => {
        for (const element of document.querySelectorAll<HTMLElement>('[data-control]'))
          if (element.checkVisibility()) seen.add(element.dataset['control'] ?? '');
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.reload();
    await pictureReady(page);
    const seen = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]);
    expect(seen).toEqual(expect.arrayContaining(['share', 'tower', 'tab-try', 'timeline']));
    for (const name of ['export', 'method-panel', 'method', 'inspector', 'tab-train'])
      expect(seen).not.toContain(name);
  });

  it('leaves keys of hidden controls alone, and goes past a hidden tab', async () => {
    const page = await start({ hash: '#hide=tensors,tab-map,keys' });
    await page.keyboard.press('5');
    await page.keyboard.press('?');
    await page.keyboard.press('c');
    await expect.poll(() => page.url()).toMatch(/picture=cost/);
    expect(page.url()).not.toMatch(/tensor=/);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('tab', { name: 'Align' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).toMatch(/tab=compare/);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.url()).not.toMatch(/tab=/);
  });

  it('hides by keyboard in a dialog, keeps it in the link, and shows all again', async () => {
    const page = await start();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Hide, embed, present' }).press('Enter');
    await page.getByRole('button', { name: /Hide controls/ }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Hide controls' });
    await dialog.getByRole('checkbox', { name: 'Seed' }).press('Space');
    await dialog.getByRole('button', { name: 'Hide all of Header' }).press('Enter');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Copy link' }).press('Enter');
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(decodeURIComponent(new URL(copied).hash)).toBe(
      '#hide=model,backend,about,keys,theme,share,lessons,export,seed',
    );
    await page.keyboard.press('Escape');
    expect(await control(page, 'export').isVisible()).toBe(false);
    expect(await control(page, 'seed').isVisible()).toBe(false);

    const again = await start({ hash: new URL(copied).hash });
    expect(await control(again, 'share').first().isVisible()).toBe(false);
    await again.getByRole('button', { name: 'Show all controls' }).press('Enter');
    expect(await control(again, 'seed').isVisible()).toBe(true);
    await expect.poll(() => again.url()).not.toMatch(/hide=/);
  });

  it('leaves a lesson playable whose control it hides, and points at nothing then', async () => {
    const page = await visit({ hash: '#lesson=epsilon&hide=epsilon-slider,share' });
    const panel = page.getByRole('complementary', { name: /^Lesson/ });
    await panel.getByRole('button', { name: 'Skip' }).press('Enter');
    expect(await page.locator('[data-pointed]').count()).toBe(0);
    await panel.getByRole('button', { name: 'Show me' }).press('Enter');
    await panel.getByRole('region', { name: 'What was seen' }).waitFor();
    await panel.getByRole('button', { name: 'Next' }).press('Enter');
    await panel.getByText('Step 2 of').waitFor();
    expect(await control(page, 'share').first().isVisible()).toBe(false);
    await expect.poll(() => page.url()).toMatch(/hide=share,epsilon-slider/);
  });

  it('names a control that there is not', async () => {
    const page = await start({ hash: '#hide=export,frobnicate' });
    await expect
      .poll(() => page.getByRole('region', { name: 'Notices' }).innerText())
      .toMatch(/“hide” was ignored[^]*got "export,frobnicate"/);
    expect(await control(page, 'export').isVisible()).toBe(true);
  });

  it.each([1440, 390])('keeps the way back at %i px, with everything hidden', async (width) => {
    const page = await visit({
      width,
      height: 844,
      hash: '#hide=model,backend,about,keys,theme,share,lessons,export,tower,method-panel,result,tabs,describe,kernel,save,tensors,pictures,orders,second,zoom,scale,caption,timeline,inspector',
    });
    await pictureReady(page);
    expect(await page.getByRole('button', { name: 'Show all controls' }).isVisible()).toBe(true);
    const box = await page.locator('.cells canvas').boundingBox();
    expect(box?.width).toBeGreaterThan(width === 390 ? 250 : 500);
    expect(await pageWidth(page)).toBe(width);
    expect(await violations(page)).toEqual([]);
  });
});
