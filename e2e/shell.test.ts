import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/llama/config';
import { randomTensors, TINY } from '../src/llama/testing';
import { pictureReady } from './browser';
import { openTensors } from './stage';
import { visits } from './visits';

const { start } = visits();

/** Boxes of elements that must be in sight: caption, legend, time line. */
const FOOT = ['.picture figcaption', '.legend-scale', '.timeline', '.zoom'];

/** The reason that a control shows while it does nothing. */
const reasonOf = (control: Locator): Promise<string> =>
  control.evaluate((element) => {
    const note = document.getElementById(element.getAttribute('aria-describedby') ?? '');
    return note?.matches(':popover-open') === true ? note.innerText : '';
  });

describe('a control that does nothing now', () => {
  it('says why on focus and on a press, and is not struck through', async () => {
    const page = await start({ hash: '#method=opt-deus:hard' });
    const pictures = page.getByRole('group', { name: 'Picture', exact: true });
    const plan = pictures.getByRole('button', { name: 'plan', exact: true });
    expect(await plan.evaluate((element) => getComputedStyle(element).textDecorationLine)).toBe('none');
    await pictures.getByRole('button', { name: 'cost', exact: true }).focus();
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

describe('Back and Forward', () => {
  it('go from tab to tab with what each showed, and never off the page for a slider', async () => {
    const page = await start({ hash: '#tensor=v' });
    await page.getByRole('group', { name: 'Tensor' }).getByRole('button', { name: 'k', exact: true }).click();
    await page
      .getByRole('group', { name: 'Picture', exact: true })
      .getByRole('button', { name: 'cost', exact: true })
      .click();
    await page.getByRole('tab', { name: 'Map' }).click();
    await expect.poll(() => page.url()).toMatch(/tab=map/);
    await page.getByRole('tab', { name: 'Try' }).click();
    await expect.poll(() => page.url()).toMatch(/tab=try/);

    await page.goBack();
    await expect.poll(() => page.getByRole('tab', { selected: true }).innerText()).toBe('Map');
    await page.goBack();
    await expect.poll(() => page.getByRole('tab', { selected: true }).innerText()).toBe('Align');
    expect(page.url()).toMatch(/#tensor=k&picture=cost$/);
    await pictureReady(page);
    await page.goForward();
    await page.goForward();
    await expect.poll(() => page.getByRole('tab', { selected: true }).innerText()).toBe('Try');
    await expect.poll(() => page.url()).toMatch(/tab=try/);
  });

  it('open the model that was open, or say why they cannot', async () => {
    const page = await start();
    const raw = { ...TINY, num_hidden_layers: 3 };
    await openTensors(page, raw, randomTensors(parseConfig(raw), 2));
    await page.goBack();
    const banner = page.getByRole('banner');
    await banner.getByText(/^8 → /).waitFor();
    await pictureReady(page);
    await page.goForward();
    await page
      .getByText(/from a local folder, and a link cannot carry files. interlayer-fairy-1.7m stays open/)
      .waitFor();
    await banner.getByText(/^8 → /).waitFor();
  });
});

it('opens a model again, one file of which the browser has cached compressed', async () => {
  const page = await start();
  const encoding = await page.evaluate(async () => {
    const whole = await fetch('models/interlayer-fairy-1.7m/tokenizer.json', { cache: 'force-cache' });
    await whole.arrayBuffer();
    return whole.headers.get('Content-Encoding');
  });
  expect(encoding).toBe('gzip');
  const raw = { ...TINY, num_hidden_layers: 3 };
  await openTensors(page, raw, randomTensors(parseConfig(raw), 2));
  await page.getByRole('button', { name: /^local files/ }).click();
  await page.getByRole('button', { name: /the shipped model/ }).click();
  await page.getByRole('banner').getByText(/^8 → /).waitFor();
  expect(await page.locator('.notice').allInnerTexts()).toEqual([]);
});

it('is no wider than a phone, not for one frame, when Align comes back', async () => {
  const page = await start({ width: 390, height: 844 });
  await page.getByRole('tab', { name: 'Map' }).click();
  await page.locator('[data-control=map]').waitFor();
  const widest = page.evaluate(async () => {
    let most = 0;
    for (let frame = 0; frame < 30; frame++) {
      await new Promise(requestAnimationFrame);
      most = Math.max(most, document.documentElement.scrollWidth);
    }
    return most;
  });
  await page.evaluate(() => document.querySelector<HTMLElement>('#tab-align')?.click());
  await page.locator('[data-control=curves]').waitFor();
  expect(await widest).toBe(390);
});

/** Expects that no two buttons of header, tabs and tools lie over each other, and that all are within the width. */
async function expectApart(page: Page, width: number): Promise<void> {
  const boxes = await page
    .locator('.header button, .tab-row button, .toolbar button, .timeline button')
    .evaluateAll((buttons) =>
      buttons
        .map((button) => button.getBoundingClientRect())
        .filter((box) => box.width > 0)
        .map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
    );
  expect(boxes.length).toBeGreaterThan(25);
  for (const [i, a] of boxes.entries()) {
    expect(a.left >= 0 && a.right <= width, JSON.stringify(a)).toBe(true);
    for (const b of boxes.slice(i + 1)) {
      const beside = a.right <= b.left + 1 || b.right <= a.left + 1;
      expect(beside || a.bottom <= b.top + 1 || b.bottom <= a.top + 1, JSON.stringify([a, b])).toBe(true);
    }
  }
}

describe('the stage', () => {
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
  ] as const)
    it(`shows picture, caption, legend and time line together at ${width} × ${height}`, async () => {
      // With what a first visit shows, without it, and with the text of Describe.
      const page = await start({ width, height });
      for (const [hash, sign] of [
        ['', 'figure'],
        ['#tensor=v', 'figure[data-stale=false]:has-text("v_proj")'],
        ['#describe=on', '[aria-label="The picture in words"]'],
        ['#panes=both&b-eps=0.2', '[data-pane=b] .cells'],
      ] as const) {
        await page.evaluate((to) => (location.hash = to), hash);
        await page.locator(sign).first().waitFor();
        await pictureReady(page);
        const boxes = await Promise.all(
          [...FOOT, '[data-pane=a] .cells'].map((place) => page.locator(place).first().boundingBox()),
        );
        for (const [i, box] of boxes.entries()) {
          expect(box, `${hash} ${i}`).not.toBeNull();
          expect((box?.y ?? NaN) + (box?.height ?? NaN), `${hash} ${i}`).toBeLessThanOrEqual(height);
        }
        const [caption, legend, timeline] = boxes;
        const picture = boxes.at(-1);
        expect(picture?.height).toBeGreaterThan(130);
        expect((picture?.y ?? NaN) + (picture?.height ?? NaN)).toBeLessThanOrEqual(legend?.y ?? NaN);
        expect((legend?.y ?? NaN) + (legend?.height ?? NaN)).toBeLessThanOrEqual(caption?.y ?? NaN);
        expect((caption?.y ?? NaN) + (caption?.height ?? NaN)).toBeLessThanOrEqual(timeline?.y ?? NaN);
      }
    });

  it('says where the description goes on, and scrolls there', async () => {
    const page = await start({ width: 1024, height: 768, hash: '#describe=on' });
    await page
      .getByText(/Strongest pairs/)
      .first()
      .waitFor();
    const box = page.getByRole('region', { name: 'The picture in words' });
    const end = () =>
      box.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
    const more = page.getByRole('button', { name: 'More below' });
    await more.waitFor();
    expect(await end()).toBeGreaterThan(2);
    for (let presses = 0; presses < 4 && (await more.count()) > 0; presses++) {
      await more.click();
      await page.waitForTimeout(100);
    }
    expect(await more.count()).toBe(0);
    expect(await end()).toBeLessThanOrEqual(2);
  });

  it('lays no tool over another on a phone or a tablet, and has About and the keys in a menu there', async () => {
    const tablet = await start({ width: 800, height: 768, touch: true });
    await expectApart(tablet, 800);
    const page = await start({ width: 390, height: 844, touch: true });
    await expectApart(page, 390);
    await page.getByRole('button', { name: 'Lessons' }).first().waitFor();
    for (const [item, dialog] of [
      ['About', 'About Interlayer'],
      ['Keyboard shortcuts', 'Keyboard'],
    ] as const) {
      await page.getByRole('button', { name: 'More', exact: true }).tap();
      await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name: item }).tap();
      await page.getByRole('dialog', { name: dialog }).waitFor();
      await page.keyboard.press('Escape');
    }
  });
});

describe('the page says', () => {
  it('what computes: the CPU with WebAssembly, in About and beside the kernel', async () => {
    const page = await start({ hash: '#kernel=sinkhorn' });
    const computes = /the CPU \(WebAssembly SIMD, \d+ threads?\)/;
    await page.getByRole('complementary', { name: 'Kernel' }).getByText(computes).waitFor();
    await page.getByRole('button', { name: 'About', exact: true }).click();
    const about = page.getByRole('dialog', { name: 'About Interlayer' });
    await about.getByText(computes).waitFor();
    expect(await about.innerText()).not.toMatch(/your own GPU|twin/);
  });

  it('which field a link may have meant', async () => {
    const page = await start({ hash: '#tensr=k' });
    await page.getByText('expected the name of a field, got “tensr”. Did you mean “tensor”?').waitFor();
  });

  it('nothing over the stage once a model was chosen', async () => {
    const page = await start();
    await page
      .getByRole('banner')
      .getByRole('button', { name: /interlayer-fairy/ })
      .click();
    await page.getByRole('dialog', { name: 'Model', exact: true }).waitFor();
    const raw = { ...TINY, num_hidden_layers: 3 };
    await openTensors(page, raw, randomTensors(parseConfig(raw), 2));
    expect(await page.locator('.popover:popover-open').count()).toBe(0);
  });
});

describe('two pictures', () => {
  it('are both spoken of in the inspector, with labelled numbers and whole names in the menus', async () => {
    const page = await start({ hash: '#panes=both&b-eps=0.2&cell=40.93' });
    const inspector = page.getByRole('complementary', { name: 'Pair' });
    for (const [side, name] of [
      ['a', /^A: paper · ε 0.06 · q · 6\|7/],
      ['b', /^B: paper · ε 0.2 · q · 6\|7/],
    ] as const) {
      const section = inspector.getByRole('region', { name });
      await section.locator('.cell-details[data-stale=false]').waitFor();
      expect(await section.innerText()).toMatch(/q 40 → 93/);
      const head = page.locator(`[data-pane=${side}] .pane-head`);
      expect(await head.innerText()).toMatch(/n·T here/);
      expect(await head.locator('output').innerText()).toBe(
        await section.locator('.formula .value').innerText(),
      );
    }
    const method = page.getByRole('combobox', { name: 'Method of B' });
    await method.selectOption('opt-deus:tf');
    const [wanted, got] = await method.evaluate((select: HTMLSelectElement) => {
      const context = document.createElement('canvas').getContext('2d');
      if (context) context.font = getComputedStyle(select).font;
      const words = select.selectedOptions[0]?.text ?? '';
      return [context?.measureText(words).width ?? Infinity, select.clientWidth];
    });
    expect(got).toBeGreaterThan(wanted + 16);
  });
});
