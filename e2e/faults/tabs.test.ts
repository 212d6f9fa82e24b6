import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch } from '../browser';
import { engineOf, profile, says, type Profile } from './page';
import { RACE, STEPS, begin, goOn, heldout, isAt, press, unbrokenLoss } from './race';

const HOUR = 3_600_000;

describe('tabs', () => {
  let browser: Browser;
  let tabs: Profile;
  let page: Page;
  /** Held-out loss of the race when nothing happens to it. */
  let unbroken: string;
  beforeAll(async () => {
    browser = await launch();
    unbroken = await unbrokenLoss(browser);
  });
  beforeEach(async () => {
    tabs = await profile(browser, { hash: RACE });
    page = tabs.first;
  });
  afterEach(async () => {
    await tabs.context.close();
    expect(tabs.complaints).toEqual([]);
  });
  afterAll(() => browser.close());

  test('two tabs race at once, and one is closed in the middle → the next visit finds both races, and goes on with either to the same numbers', async () => {
    const long = await tabs.tab(RACE.replace(`steps=${STEPS}`, 'steps=3000'));
    await begin(long);
    await begin(page);
    // As when somebody comes back to the tab.
    await long.evaluate(() => dispatchEvent(new Event('focus')));
    await says(long, /It is open in another tab/);
    await page.close();
    await press(long, 'Pause');
    await isAt(long, 'paused');
    await long.close();
    page = await tabs.tab();
    const others = page.getByRole('region', { name: 'Other races in this browser' });
    await others.getByRole('button', { name: 'Open' }).click();
    await goOn(page);
    expect(await heldout(page)).toBe(unbroken);
    expect(await others.innerText()).toMatch(/\d+ of 3,000 steps/);
    await others.getByRole('button', { name: 'Discard…' }).click();
    await others.getByRole('button', { name: 'Really discard it' }).click();
    await others.waitFor({ state: 'hidden' });
    await page.reload();
    await isAt(page, 'finished');
    expect(await heldout(page)).toBe(unbroken);
  });

  test('the worker of the engine ends while it trains → the page says so, takes back what was not kept, and goes on', async () => {
    await begin(page);
    await engineOf(page).evaluate(() => self.close());
    await says(page, /The engine stopped. The browser ended it/);
    await goOn(page);
    expect(await heldout(page)).toBe(unbroken);
  });

  test('the renderer crashes while it trains → the next visit says what was not kept, and goes on', async () => {
    await begin(page);
    const session = await tabs.context.newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    void session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();
    page = await tabs.tab();
    await goOn(page);
    expect(await heldout(page)).toBe(unbroken);
  });

  test('the computer sleeps and the clock jumps while it trains → the race goes on to the same numbers, and the time left is not in hours', async () => {
    await page.evaluate(() => {
      const lefts: string[] = [];
      const look = (): void => {
        const left = document.querySelector('.race-left')?.textContent;
        if (left) lefts.push(left);
      };
      new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      });
      Object.assign(window, { lefts });
    });
    await begin(page);
    const session = await tabs.context.newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((woken) => setTimeout(woken, 500));
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    // A clock that is set back, and the monotonic one as it goes on in a sleep.
    const jump = (hour: number): void => {
      const [now, date] = [performance.now.bind(performance), Date.now];
      performance.now = () => now() + 9 * hour;
      Date.now = () => date() - 20 * hour;
    };
    await page.evaluate(jump, HOUR);
    await engineOf(page).evaluate(jump, HOUR);
    await isAt(page, 'finished');
    expect(await heldout(page)).toBe(unbroken);
    const lefts = await page.evaluate(() => (window as unknown as { lefts: string[] }).lefts);
    expect(lefts.length).toBeGreaterThan(0);
    expect(lefts.filter((text) => !/not timed yet|About \d+ (s|min)\b/.test(text))).toEqual([]);
  });
});
