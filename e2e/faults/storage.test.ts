import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { HubServer, filesIn } from '../../tests/hub-server';
import { launch, pictureReady } from '../browser';
import { engineOf, profile, says, type Profile } from './page';
import { RACE, begin, heldout, isAt, press, unbrokenLoss } from './race';

/** Paths of all files in the browser's own storage. */
function stored(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const paths: string[] = [];
    const list = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of folder.entries())
        if (entry.kind === 'directory') await list(entry as FileSystemDirectoryHandle, `${path}${name}/`);
        else paths.push(path + name);
    };
    await list(await navigator.storage.getDirectory(), '');
    return paths;
  });
}
/** Cuts a stored file in half, or with `remove` removes it. */
function damage(page: Page, path: string, how: 'halve' | 'remove'): Promise<void> {
  return page.evaluate(
    async ([path, how]) => {
      let folder = await navigator.storage.getDirectory();
      const names = path.split('/');
      const name = names.pop() ?? '';
      for (const each of names) folder = await folder.getDirectoryHandle(each);
      if (how === 'remove') return folder.removeEntry(name);
      const file = await folder.getFileHandle(name);
      const half = (await file.getFile()).size / 2;
      const stream = await file.createWritable({ keepExistingData: true });
      await stream.truncate(Math.floor(half));
      await stream.close();
    },
    [path, how] as const,
  );
}

describe('storage', () => {
  const server = new HubServer();
  const HUB = (): string => `#model=hub:${encodeURIComponent(server.endpoint)}/owner/fairy@main`;
  let browser: Browser;
  let visit: Profile;
  let page: Page;
  let session: CDPSession;
  /** Held-out loss of the race when nothing happens to it. */
  let unbroken: string;

  beforeAll(async () => {
    await server.start();
    server.repositories.set('owner/fairy', { files: filesIn(SHIPPED) });
    browser = await launch();
    unbroken = await unbrokenLoss(browser);
  });
  beforeEach(async () => {
    visit = await profile(browser);
    page = visit.first;
    session = await visit.context.newCDPSession(page);
    await pictureReady(page);
  });
  afterEach(async () => {
    server.reset();
    await visit.context.close();
    expect(visit.complaints).toEqual([]);
  });
  afterAll(async () => {
    server.stop();
    await browser.close();
  });

  const { origin } = new URL(inject('page'));
  /** Leaves the page this many bytes of storage; without a number as many as before. */
  const leave = (bytes?: number) =>
    session.send('Storage.overrideQuotaForOrigin', {
      origin,
      ...(bytes === undefined ? {} : { quotaSize: bytes }),
    });
  const evict = () => session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  const go = (hash: string) => page.evaluate((to) => (location.hash = to), hash);

  test('the disk is full while a zip is exported → nothing is left of it, and the export is made when there is room', async () => {
    await press(page, 'Export checkpoint');
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    await leave(1_000_000);
    await dialog.getByRole('button', { name: 'Download .zip' }).click();
    await says(dialog, /is full: free some space and export again/);
    expect(await stored(page)).toEqual([]);
    await leave();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download .zip' }).click();
    expect((await download).suggestedFilename()).toMatch(/\.zip$/);
    await says(dialog, /were read back and are what was written/);
  });

  test('the disk is full while a folder is exported → nothing is left in it, and the export is made when there is room', async () => {
    await page.evaluate(() =>
      Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() }),
    );
    await press(page, 'Export checkpoint');
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    await leave(1_000_000);
    await dialog.getByRole('button', { name: 'Save to a folder…' }).click();
    await says(dialog, /is full: free some space and export again/);
    expect(await stored(page)).toEqual([]);
    await leave();
    await dialog.getByRole('button', { name: 'Save to a folder…' }).click();
    await says(dialog, /were read back and are what was written/);
    expect((await stored(page)).some((path) => path.endsWith('/config.json'))).toBe(true);
  });

  test('the tab is closed in the middle of an export to a folder → the page asks before, nothing is left that opens as a model, and the next export is made', async () => {
    const pick = (): void =>
      void Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
    await page.evaluate(pick);
    // The last bytes of the weights never reach the disk.
    await engineOf(page).evaluate(() => {
      FileSystemWritableFileStream.prototype.close = () => new Promise(() => undefined);
    });
    await press(page, 'Export checkpoint');
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    await dialog.getByRole('button', { name: 'Save to a folder…' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
    const asked = page.waitForEvent('dialog');
    const left = page.close({ runBeforeUnload: true });
    await (await asked).dismiss();
    await left;
    await says(page, /Leaving the page now leaves no model behind/);
    await page.close();
    page = await visit.tab();
    await pictureReady(page);
    expect((await stored(page)).filter((path) => path.endsWith('config.json'))).toEqual([]);
    await page.evaluate(pick);
    await press(page, 'Export checkpoint');
    await page.getByRole('button', { name: 'Save to a folder…' }).click();
    await says(page, /were read back and are what was written/);
  });

  test('the disk is full while a race is kept → the race goes on to its end and says that it is not kept', async () => {
    await go(RACE);
    await page.getByText(/1 arm × 1 seed/).waitFor();
    await leave(100_000);
    await begin(page);
    await says(page, /This race cannot be kept for another visit/);
    await isAt(page, 'finished');
    expect(await heldout(page)).toBe(unbroken);
  });

  test('the disk is full while downloads are kept → the model opens, and the page says that it is read again', async () => {
    await leave(100_000);
    await go(HUB());
    await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await says(page, /cannot be kept .*; it is read again on the next visit/);
    await page.getByRole('button', { name: /owner\/fairy.*\d → \d/ }).waitFor();
    await pictureReady(page);
  });

  test('the storage of texts is full or blocked → lessons and results work, and the page says that they are not kept', async () => {
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await go('#lesson=why-deeper');
    await says(page, /This browser does not keep what is done here/);
    await page.locator('[data-lesson]').waitFor();
  });

  test('the browser has no private files → the race runs, says that it is not kept, and a zip is exported from memory', async () => {
    const block = (): void => {
      StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'));
    };
    await page.evaluate(block);
    await engineOf(page).evaluate(block);
    await go(RACE);
    await begin(page);
    await says(page, /This browser gives the page no storage that lasts/);
    await isAt(page, 'finished');
    expect(await heldout(page)).toBe(unbroken);
    await press(page, 'Export 1 new block');
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download .zip' }).click();
    expect((await download).suggestedFilename()).toMatch(/\.zip$/);
  });

  test('the browser evicts everything in the middle of a race → the race goes on, is kept again, and is there on the next visit', async () => {
    await go(RACE);
    await begin(page);
    await evict();
    await isAt(page, 'finished');
    await page.close();
    page = await visit.tab(RACE);
    await isAt(page, 'finished');
    expect(await heldout(page)).toBe(unbroken);
  });

  test('the browser evicts states between visits, or they were written by half → the next visit trains those arms again and says so', async () => {
    await go(RACE);
    await begin(page);
    for (const how of ['remove', 'halve'] as const) {
      await press(page, 'Pause');
      await isAt(page, 'paused');
      await page.close();
      page = await visit.tab();
      const state = (await stored(page)).find((path) => path.endsWith('.state'));
      await damage(page, state ?? '', how);
      await go(RACE);
      if (how === 'remove') await says(page, /The browser has removed what was kept of 1 new block, seed 0/);
      await begin(page, 'Resume');
    }
    await says(page, /What was kept of 1 new block, seed 0 is damaged or of another training/);
    await isAt(page, 'finished');
    expect(await heldout(page)).toBe(unbroken);
  });

  test('a race was written by half → it is listed with the reason, and can be discarded', async () => {
    await go(RACE);
    await begin(page);
    await press(page, 'Pause');
    await isAt(page, 'paused');
    await page.close();
    page = await visit.tab();
    const race = (await stored(page)).find((path) => /race-.*\.json$/.test(path));
    await damage(page, race ?? '', 'halve');
    await go(RACE);
    await says(page, /A race that cannot be read. Expected a whole file/);
    await press(page, 'Discard…');
    await press(page, 'Really discard it');
    await expect.poll(() => stored(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start the race' }).waitFor();
  });

  test('two tabs keep downloads of one model at once, and one piece is written by half → both open, and the next visit reads that piece again', async () => {
    const second = await visit.tab(HUB());
    await go(HUB());
    for (const tab of [page, second])
      await tab.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    for (const tab of [page, second]) {
      await tab.getByRole('button', { name: /owner\/fairy.*\d → \d/ }).waitFor();
      await pictureReady(tab);
    }
    await second.close();
    const pieces = (await stored(page)).filter((path) => /\/\d+-\d+$/.test(path));
    expect(new Set(pieces).size).toBe(pieces.length);
    const weights = pieces.find((path) => path.includes('model.safetensors')) ?? '';
    await damage(page, weights, 'halve');
    server.seen = [];
    await page.reload();
    await page.getByRole('button', { name: /owner\/fairy.*\d → \d/ }).waitFor();
    await pictureReady(page);
    expect(server.downloads.length).toBeGreaterThan(0);
  });
});
