import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../src/app/store/lesson/source';
import { METHOD_IDS } from '../src/engine/methods';
import { parseLesson } from '../src/lessons/format';
import { pageWidth, violations } from './accessible';
import { visits } from './visits';

const { visit, start } = visits();

describe('the presenter’s view', () => {
  it.each([
    [1280, 720],
    [1920, 1080],
  ])('has large type and a large picture at %i × %i', async (width, height) => {
    const page = await visit({ width, height, hash: '#presenter=on&lesson=epsilon' });
    await page.getByRole('complementary', { name: 'Lesson: What ε does' }).waitFor();
    await page.locator('figure[data-state=ready][data-stale=false]').waitFor();
    const sizes = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent?.checkVisibility() || parent.closest('.visually-hidden, noscript, script, style, sup'))
          continue;
        const size = Number.parseFloat(getComputedStyle(parent).fontSize);
        if (node.textContent?.trim() && size < 17.9) found.push(`${size}: ${node.textContent}`);
      }
      return found;
    });
    expect(sizes).toEqual([]);
    const box = await page.locator('.cells canvas').boundingBox();
    expect(box?.height).toBeGreaterThan(0.4 * height);
    expect(await pageWidth(page)).toBe(width);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(height);
    expect(await violations(page)).toEqual([]);
  });

  it('is as wide as the window on every tab', async () => {
    const page = await start({ width: 1280, height: 720, hash: '#presenter=on' });
    for (const tab of ['Map', 'Compare', 'Train', 'Try', 'Align']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel').getByRole('button').first().waitFor();
      expect(await pageWidth(page), tab).toBe(1280);
    }
  });

  it('goes through a lesson by a clicker, and back, and ends by a button', async () => {
    const page = await start({ width: 1280, height: 720, hash: '#lesson=epsilon' });
    const panel = page.getByRole('complementary', { name: /^Lesson/ });
    await panel.getByRole('button', { name: /Presenter/ }).press('Enter');
    await expect.poll(() => page.url()).toMatch(/presenter=on/);
    // Skips the prediction, shows, goes on.
    await page.keyboard.press('PageDown');
    await panel.getByRole('button', { name: 'Show me' }).waitFor();
    await page.keyboard.press('PageDown');
    await panel.getByRole('region', { name: 'What was seen' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await panel.getByText('Step 2 of').waitFor();
    await page.keyboard.press('PageUp');
    await panel.getByText('Step 1 of').waitFor();
    await page.getByRole('button', { name: 'Leave presenter’s view' }).click();
    await expect.poll(() => page.url()).not.toMatch(/presenter/);
    expect(await page.getByRole('button', { name: 'Export checkpoint' }).isVisible()).toBe(true);
  });
});

/** Returns the number of pages that the page takes in print, as narrow as A4 and as short as Letter: what fits there fits both. */
async function printedPages(page: Page): Promise<number> {
  const pdf = await page.pdf({ width: '210mm', height: '11in' });
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

describe('lessons on paper', () => {
  it('fit two pages each, on A4 and Letter, and can be closed', async () => {
    const page = await start();
    await page.getByRole('button', { name: 'Lessons', exact: true }).click();
    const list = page.getByRole('dialog', { name: 'Lessons' });
    const pages: (readonly [id: string, kind: string, pages: number])[] = [];
    for (const id of BUILT_IN) {
      const file = readFileSync(new URL(`../public/lessons/${id}.json`, import.meta.url), 'utf8');
      const { title, steps } = parseLesson(JSON.parse(file), METHOD_IDS);
      for (const kind of ['Quiz sheet', 'Handout']) {
        await list.getByRole('button', { name: `${kind}: ${title}` }).press('Enter');
        const paper = page.getByRole('dialog', { name: `${title}: ${kind}` });
        await paper.waitFor();
        const words = await paper.innerText();
        for (const { predict } of steps) if (predict) expect(words).toContain(predict.question);
        if (kind === 'Handout') for (const step of steps) expect(words).toContain(step.title);
        pages.push([id, kind, await printedPages(page)]);
        await page.keyboard.press('Escape');
        await list.waitFor();
      }
    }
    const expected = (kind: string) => (kind === 'Handout' ? [1, 2] : [2]);
    expect(pages.filter(([, kind, count]) => !expected(kind).includes(count))).toEqual([]);
  });

  it('has no accessibility violation, in German and dark', async () => {
    const page = await start({ theme: 'dark' });
    await page.evaluate(() => localStorage.setItem('interlayer.language', 'de'));
    await page.reload();
    await page.locator('[data-control=lessons]').first().click();
    await page
      .getByRole('button', { name: /^Fragebogen: / })
      .first()
      .click();
    await page.getByRole('button', { name: 'Drucken …' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe('the editor of lessons', () => {
  it('records, checks, reorders, deletes, plays and keeps a lesson, by keyboard', async () => {
    const page = await start();
    await page.getByRole('button', { name: 'Lessons', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Write a lesson' }).press('Enter');
    const editor = page.getByRole('complementary', { name: 'Write a lesson' });
    const status = editor.locator('footer [role=status]');
    expect(await status.innerText()).toMatch(/title/);
    const field = (name: string, nth = 0) => editor.getByRole('textbox', { name, exact: true }).nth(nth);
    await field('Title').fill('My lesson');
    await field('Summary').fill('A summary.');
    await page.getByRole('button', { name: 'k', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'cost', exact: true }).press('Enter');
    await editor.getByRole('button', { name: 'Record the present state: State of the step' }).press('Enter');
    expect(await field('State of the step').inputValue()).toBe('tensor=k&picture=cost');
    await field('Title', 1).fill('First');
    await field('Text').fill('Look at {plan.nothing}.');
    expect(await status.innerText()).toMatch(/step 1 \(“First”\).*plan\.nothing/);
    await field('Text').fill('Look at the cost of {plan.n} rows.');
    expect(await status.innerText()).toBe('The lesson can be played.');
    await page.getByRole('button', { name: 'v', exact: true }).press('Enter');
    await editor.getByRole('button', { name: 'Add a step' }).press('Enter');
    expect(await field('State of the step').inputValue()).toBe('tensor=v');
    await field('Title', 1).fill('Second');
    await field('Text').fill('Now v.');
    await editor.getByRole('button', { name: 'Earlier' }).press('Enter');
    const steps = editor.getByRole('navigation', { name: 'Steps' }).getByRole('listitem');
    expect(await steps.allInnerTexts()).toEqual(['1 Second', '2 First']);
    await editor.getByRole('button', { name: 'Delete' }).press('Enter');
    expect(await steps.allInnerTexts()).toEqual(['1 First']);
    await editor.getByRole('button', { name: 'Undo' }).press('Enter');
    expect(await steps.allInnerTexts()).toEqual(['1 Second', '2 First']);
    expect(await violations(page)).toEqual([]);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      editor.getByRole('button', { name: 'Save as a file' }).press('Enter'),
    ]);
    const saved = readFileSync(await download.path(), 'utf8');
    expect(parseLesson(JSON.parse(saved), METHOD_IDS).steps.map(({ title }) => title)).toEqual([
      'Second',
      'First',
    ]);

    await steps.getByRole('button', { name: '2 First' }).press('Enter');
    await editor.getByRole('button', { name: 'Play it from this step' }).press('Enter');
    const playing = page.getByRole('complementary', { name: 'Lesson: My lesson' });
    await playing.getByText('Look at the cost of').waitFor();
    await playing.getByRole('button', { name: 'Leave', exact: true }).press('Enter');
    await editor.waitFor();

    await page.reload();
    await page.getByRole('button', { name: 'Lessons', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Write a lesson' }).press('Enter');
    await editor.waitFor();
    expect(await steps.allInnerTexts()).toEqual(['1 Second', '2 First']);
    await editor.locator('input[type=file]').setInputFiles({
      name: 'bad.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"format": "interlayer-lesson/1"}'),
    });
    await page.getByRole('region', { name: 'Notices' }).getByText('bad.json').waitFor();
    expect(await steps.allInnerTexts()).toEqual(['1 Second', '2 First']);
  });
});
