import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN } from '../src/app/store/lesson/source';
import type { Engine } from '../src/engine/engine';
import { violations } from './accessible';
import type { OpenOptions } from './browser';
import { ExpectedNumbers } from './lesson-numbers';
import { type By, play, press } from './lesson-player';
import { referenceEngine } from './stage';
import { visits } from './visits';

/** With GALLERY=folder, a picture of every step is written there. */
const GALLERY = process.env['GALLERY'];

/** Opens the list of lessons and begins one. */
async function begin(page: Page, by: By, id: string): Promise<void> {
  await press(page, by, page.locator('[data-control=lessons]:visible'));
  if (id === 'tour') return press(page, by, page.getByRole('button', { name: 'Tour of the page' }));
  await press(page, by, page.locator(`.lesson-list a[href="#lesson=${id}"]`));
}

/** Violations in the lesson itself; the whole page is checked once with a lesson and once with the tour. */
const violationsOfLesson = async (page: Page): Promise<string[]> =>
  violations(page, { within: (await page.locator('.lesson').count()) > 0 ? '.lesson' : '.tour-card' });

/** Tests that play lessons to their end, one test each. @param compare also computes every number anew. */
export function playLessons(
  by: By,
  options: OpenOptions,
  { ids = ['tour', ...BUILT_IN], compare = false }: { ids?: readonly string[]; compare?: boolean } = {},
): void {
  describe(`lessons by ${by} at ${options.width ?? 1440} pixels, ${options.theme ?? 'light'}`, () => {
    const { start } = visits(options);
    let engine: Engine | undefined;
    beforeAll(async () => {
      if (compare) engine = await referenceEngine();
    });

    it.each(ids)('%s is played to its end, and the own state comes back', async (id) => {
      const page = await start({ hash: '#tensor=up&seed=3' });
      await begin(page, by, id);
      await page.locator('.lesson, .tour-card').waitFor();
      // What is of the state before is faint until the new one is computed.
      if (id === 'tour' || id === BUILT_IN[0]) await expect.poll(() => violations(page)).toEqual([]);
      const fragments: string[] = [];
      const expected = engine && new ExpectedNumbers(engine);
      const played = await play(page, {
        by,
        async onStep({ title, numbers, fragment }, index) {
          expect(await violationsOfLesson(page), title).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), title).toBeLessThanOrEqual(
            options.width ?? 1440,
          );
          fragments.push(fragment);
          for (const { name, text, step } of numbers) {
            expect(text, `${title}: ${name}`).not.toBe('');
            const anew = await expected?.text(name, fragments[step === undefined ? index : step - 1] ?? '');
            if (anew !== undefined) expect(text, `${title}: ${name}`).toBe(anew);
          }
          if (GALLERY === undefined) return;
          mkdirSync(GALLERY, { recursive: true });
          const path = `${GALLERY}/${id}-${index + 1}.jpg`;
          await page.screenshot({ path, type: 'jpeg', quality: 55 });
        },
      });
      expect(played.length).toBeGreaterThan(2);
      await expect.poll(() => new URL(page.url()).hash).toBe('#seed=3&tensor=up');
    });
  });
}
