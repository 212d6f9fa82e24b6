import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { visits } from './visits';

const { start } = visits();

/** The reason that a control shows while it does nothing. */
const reasonOf = (control: Locator): Promise<string> =>
  control.evaluate((element) => {
    const note = document.getElementById(element.getAttribute('aria-describedby') ?? '');
    return note?.matches(':popover-open') === true ? note.innerText : '';
  });

describe('a control that does nothing now', () => {
  it('says why on focus and on a press, and is not struck through', async () => {
    const page = await start({ hash: '#method=opt-deus:hard' });
    const plan = page.getByRole('button', { name: 'plan', exact: true });
    expect(await plan.evaluate((element) => getComputedStyle(element).textDecorationLine)).toBe('none');
    await page.getByRole('button', { name: 'cost', exact: true }).focus();
    await page.keyboard.press('Tab');
    expect(await plan.evaluate((element) => element === document.activeElement)).toBe(true);
    const why = 'OpT-DeUS, exact assignment: the plan is the permutation';
    expect(await reasonOf(plan)).toBe(why);
    expect(await plan.getAttribute('title')).toBe(why);
    await page.keyboard.press('Escape');
    expect(await reasonOf(plan)).toBe('');
    await page.keyboard.press('Enter');
    expect(await reasonOf(plan)).toBe(why);
    expect(page.url()).not.toMatch(/picture=/);

    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.click({ force: true });
    expect(await reasonOf(undo)).toBe('Nothing to undo');
    expect(await reasonOf(plan)).toBe('');
  });

  it('says why on a tap', async () => {
    const page = await start({ touch: true, width: 390, height: 844 });
    const out = page.getByRole('button', { name: 'Zoom out' });
    await out.scrollIntoViewIfNeeded();
    await out.tap({ force: true });
    expect(await reasonOf(out)).toBe('All of it is in sight');
    const box = await page.locator('.reason:popover-open').boundingBox();
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= 390).toBe(true);
  });

  it('is never disabled for the keyboard, on any tab', async () => {
    const page = await start();
    for (const tab of ['Align', 'Map', 'Compare', 'Train', 'Try']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel').getByRole('button').first().waitFor();
      expect(await page.locator(':disabled').count(), tab).toBe(0);
      const unexplained = page.locator('[aria-disabled=true]:not([aria-describedby])');
      expect(await unexplained.count(), tab).toBe(0);
    }
  });
});
