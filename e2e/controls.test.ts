import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../src/recipe/controls';
import { visits } from './visits';

/** Lessons point at controls by these names, links hide them, and Show me presses some. */
describe('names of controls', () => {
  const { visit, start } = visits();
  const namesOn = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-control]')].map(
        (element) => element.dataset['control'] ?? '',
      ),
    );

  it('are all on the page', async () => {
    const page = await start({ hash: '#tokens=128&panes=both' });
    const seen = new Set(await namesOn(page));
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await page.getByText(/128 tokens of/).waitFor({ timeout: 60_000 });
    for (const tab of ['Map', 'Compare', 'Train', 'Try']) {
      await page.getByRole('tab', { name: tab }).click();
      if (tab === 'Compare') await page.locator('[data-control=compare-chart]').waitFor();
      else
        await page
          .locator(`[data-control=${{ Map: 'map', Train: 'race-start', Try: 'read' }[tab]}]`)
          .waitFor();
      for (const name of await namesOn(page)) seen.add(name);
    }
    const relative = await start({ hash: '#method=opt-deus:relative' });
    for (const name of await namesOn(relative)) seen.add(name);
    const race = await visit({
      hash: '#tab=train&race=count&without=2,4&minutes=off&train-steps=1&batch=1&context=16',
    });
    await race.getByRole('button', { name: 'Start the race' }).click({ timeout: 60_000 });
    await race.locator('[data-control=race-results]').waitFor({ timeout: 60_000 });
    for (const name of await namesOn(race)) seen.add(name);
    expect(CONTROLS.filter((name) => !seen.has(name))).toEqual([]);
  });
});
