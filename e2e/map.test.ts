import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { pageWidth, violationsInBothThemes } from './accessible';
import { pictureReady } from './browser';
import { visits } from './visits';
import { distance } from './weights';

/** Waits until the map of a level is complete. */
async function mapReady(page: Page, level: 'blocks' | 'heads' | 'neurons'): Promise<void> {
  await page.locator(`figure[data-state=ready][data-stale=false][data-level=${level}]`).waitFor();
}

/** Returns the centre of a pair's cell on the screen. */
async function pairCentre(page: Page, row: number, column: number, count: number) {
  const box = await page.locator('.map-cells canvas').boundingBox();
  if (!box) throw new Error('the map has no box');
  return {
    x: box.x + ((column + 0.5) / count) * box.width,
    y: box.y + ((row + 0.5) / count) * box.height,
  };
}

describe('the map', () => {
  const { visit: start } = visits({ hash: '#tab=map' });

  it('opens a pair of blocks into heads and these into neurons, by mouse, with the values of the file', async () => {
    const page = await start();
    await mapReady(page, 'blocks');
    const blocks = await pairCentre(page, 2, 5, 8);
    await page.mouse.move(blocks.x, blocks.y);
    const reading = page.locator('.map-reading');
    await expect.poll(() => reading.innerText()).toMatch(/^block 2 → 5: distance 1\.\d+/);
    await page.mouse.click(blocks.x, blocks.y);
    const panel = page.getByRole('complementary', { name: 'Pair' });
    await expect.poll(() => panel.innerText()).toMatch(/block 2 → 5/);
    await page.mouse.click(blocks.x, blocks.y);

    await mapReady(page, 'heads');
    const heads = await pairCentre(page, 3, 1, 4);
    await page.mouse.click(heads.x, heads.y);
    await panel.getByRole('button', { name: 'Open heads 3 → 1' }).click();

    await mapReady(page, 'neurons');
    const neurons = await pairCentre(page, 7, 20, 32);
    await page.mouse.move(neurons.x, neurons.y);
    const expected = await distance('self_attn.q_proj', [2, 5], 3 * 32 + 7, 32 + 20);
    await expect.poll(() => reading.innerText()).toMatch(/^neuron 7 → 20/);
    const shown = Number(/distance ([\d.]+)/.exec(await reading.innerText())?.[1]);
    expect(shown).toBeCloseTo(expected, 3);

    const crumbs = page.getByRole('navigation', { name: 'Level of the map' });
    await crumbs.getByRole('button', { name: 'blocks 2 → 5' }).click();
    await mapReady(page, 'heads');
    await expect.poll(() => panel.innerText()).toMatch(/head 3 → 1/);
    await crumbs.getByRole('button', { name: 'all blocks' }).click();
    await mapReady(page, 'blocks');
  });

  it('goes the same way by keyboard, makes the pair a new block’s parents, and shows it in Align', async () => {
    const page = await start();
    await mapReady(page, 'blocks');
    await page.getByRole('application', { name: 'Map of blocks' }).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    const said = page.getByRole('status', { name: 'Pair on the map' });
    await expect.poll(() => said.textContent()).toMatch(/^block 2 → 1: distance/);
    await expect.poll(() => page.url()).toMatch(/map-cell=2\.1/);
    await page.keyboard.press('Enter');
    await mapReady(page, 'heads');
    await page.keyboard.press('Escape');
    await mapReady(page, 'blocks');

    const panel = page.getByRole('complementary', { name: 'Pair' });
    expect(await panel.getByRole('button', { name: 'Open in Align' }).isDisabled()).toBe(true);
    await panel.getByLabel('Gap of the new block').selectOption('4');
    await panel.getByRole('button', { name: 'Use as parents of gap 4|5' }).press('Enter');
    const slot = page.getByRole('button', { name: /^New block 4\|5, from blocks 2 and 1/ });
    await slot.waitFor();
    await page.keyboard.press('Control+z');
    await slot.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+z');
    await slot.waitFor();
    await expect.poll(() => page.url()).toMatch(/parents=4:2\.1/);
    await panel.getByRole('button', { name: 'Open in Align' }).press('Enter');
    await pictureReady(page);
    expect(await page.locator('figcaption').innerText()).toMatch(/of block 2, each column one of block 1/);

    const parents = page.getByRole('combobox', { name: 'Next block of gap 4|5' });
    await parents.selectOption('7');
    await expect.poll(() => page.url()).toMatch(/parents=4:2\.7/);
    await page.getByRole('button', { name: 'Reset gap 4|5 to its adjacent blocks' }).press('Enter');
    await expect.poll(() => page.url()).not.toMatch(/parents=/);
  });

  it('says what its axes are and which pairs its colours leave out, as a choice that the link keeps', async () => {
    const page = await start();
    await mapReady(page, 'blocks');
    const axes = page.locator('.map-axis');
    expect(await axes.allInnerTexts()).toEqual([
      'next block, onto which it is moved →',
      '← previous block, which is moved',
    ]);
    const legend = page.locator('.map .legend');
    // Block 0 is unlike the others: its 14 pairs are out of range.
    expect(await legend.innerText()).toMatch(
      /14 of 56 pairs lie outside the colours: 14 above, up to 1\.\d\d/,
    );
    const choice = page.getByRole('group', { name: 'Range of the colours' });
    await choice.getByRole('button', { name: 'ranks' }).press('Enter');
    await expect.poll(() => page.url()).toMatch(/map-colours=ranks/);
    expect(await legend.innerText()).toMatch(/by rank/);
    await choice.getByRole('button', { name: 'all values' }).click();
    await expect.poll(() => legend.innerText()).not.toMatch(/by rank|outside/);
  });

  it('is restored from its link, and another tensor keeps the blocks', async () => {
    const page = await start({ hash: '#tab=map&tensor=k&map=6.7,0.1&map-cell=3.4&map-value=relative' });
    await mapReady(page, 'neurons');
    await expect.poll(() => page.locator('.map-reading').innerText()).toMatch(/^neuron 3 → 4/);
    expect(
      await page
        .getByRole('group', { name: 'Value' })
        .getByRole('button', { name: 'relative' })
        .getAttribute('aria-pressed'),
    ).toBe('true');
    await page.getByRole('button', { name: 'o', exact: true }).click();
    await expect.poll(() => page.locator('figcaption').innerText()).toMatch(/block 6, columns of block 7/);
    await mapReady(page, 'neurons');
    await expect.poll(() => page.url()).toMatch(/map=6\.7(&|$)/);
  });

  it('can be stopped while it compares, and goes on when asked', async () => {
    const page = await start({ hash: '#tab=map&tensor=gate' });
    // Reads take long enough to be stopped.
    await page.route('**/model.safetensors', async (route) => {
      await new Promise((passed) => setTimeout(passed, 1000));
      await route.continue();
    });
    await page.reload();
    await page.locator('figure[data-state=working]').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The comparison was stopped.').waitFor();
    await page.getByRole('button', { name: 'Compare again' }).click();
    await page.locator('figure[data-state=working]').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    // Choosing another tensor replaces the map.
    await page.getByRole('button', { name: 'k', exact: true }).click();
    await mapReady(page, 'blocks');
    expect(await page.locator('figcaption').innerText()).toMatch(/self_attn\.k_proj/);
  });

  it('has no accessibility violation, in light and dark, and fits a phone', async () => {
    const page = await start({ hash: '#tab=map&map-cell=2.5&parents=4:2.5' });
    await mapReady(page, 'blocks');
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate(() => (location.hash = '#tab=map&map=6.7&map-cell=1.2'));
    await mapReady(page, 'heads');
    expect(await pageWidth(page)).toBe(390);
    expect((await page.locator('.map-cells canvas').boundingBox())?.width).toBeGreaterThan(250);
  });
});
