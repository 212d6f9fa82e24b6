import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../tests/engine';
import { FAULTS, GRANTED, HubServer, filesIn } from '../tests/hub-server';
import { Checkpoint } from '../src/checkpoint/checkpoint';
import { MemorySink } from '../src/checkpoint/memory-sink';
import { MemoryFiles } from '../src/checkpoint/sources';
import { writeCheckpoint } from '../src/checkpoint/write';
import { violations, pageWidth } from './accessible';
import { pictureReady } from './browser';
import { visits } from './visits';

const server = new HubServer();
const FAIRY = filesIn(SHIPPED);
/** The shipped model's files, with the weights in shards of at most a megabyte. */
async function sharded(): Promise<Map<string, Uint8Array>> {
  const { tensors, config, files } = await Checkpoint.open(new MemoryFiles(FAIRY));
  const sink = new MemorySink();
  const copies = [...tensors.values()].map((copyOf) => {
    const { name, dtype, shape } = copyOf;
    return { name, dtype, shape, copyOf };
  });
  await writeCheckpoint(sink, { tensors: copies, config, copyFrom: files, shardBytes: 1e6, documents: {} });
  return sink.files;
}

beforeAll(async () => {
  await server.start();
  server.repositories.set('owner/sharded', { files: await sharded() });
  server.repositories.set('owner/private', { files: FAIRY, access: 'private' });
  server.repositories.set('owner/fairy', { files: FAIRY });
  server.repositories.set('owner/gated', { files: FAIRY, access: 'gated' });
});
afterAll(() => server.stop());
afterEach(() => server.reset());

const { visit, start } = visits();
const dialog = (page: Page, name = 'Open from the Hub') => page.getByRole('dialog', { name });
const banner = (page: Page) => page.getByRole('banner');
const linkOf = (name: string) => `#model=hub:${encodeURIComponent(server.endpoint)}/${name}@main`;

/** Waits until the model is open and its picture complete. */
async function opened(page: Page, name: string): Promise<void> {
  await banner(page)
    .getByRole('button', { name: new RegExp(`${name}.*\\d → \\d`) })
    .waitFor();
  await pictureReady(page);
}

async function openMenuItem(page: Page, name: RegExp): Promise<void> {
  await banner(page)
    .getByRole('button', { name: /\d → \d/ })
    .press('Enter');
  await page.getByRole('button', { name }).press('Enter');
}

/** Opens the dialog and looks a name up there, by keyboard alone. */
async function lookUp(page: Page, name: string): Promise<void> {
  await openMenuItem(page, /Open from the Hub/);
  await dialog(page).waitFor();
  await page.keyboard.type(name);
  await dialog(page).getByText('Token and address').press('Enter');
  await dialog(page).getByLabel('Address of the Hub').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(server.endpoint);
  await page.keyboard.press('Enter');
}

describe('a model of the Hub', () => {
  it('is found and opened by keyboard alone, read in part, and not again after a reload', async () => {
    const page = await start();
    await lookUp(page, 'owner/fairy');
    const found = dialog(page).getByRole('status', { name: 'Found' });
    await found.waitFor();
    expect(await found.innerText()).toMatch(/1,706,112[^]*cc0-1\.0[^]*3\.3 MiB[^]*64\.0 KiB of them/);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await opened(page, 'owner/fairy');
    // The header, and q_proj of two blocks, which the first plan compares.
    await expect.poll(() => server.downloads.length).toBe(3);
    await pictureReady(page);
    expect(server.downloads.length).toBe(3);
    await expect.poll(() => page.url()).toContain('model=hub:');

    server.seen = [];
    await page.reload();
    await opened(page, 'owner/fairy');
    expect(server.seen.map(({ path }) => path)).toEqual(['/api/models/owner/fairy/revision/main?blobs=true']);

    // What is kept is listed and freed.
    await openMenuItem(page, /Kept downloads/);
    const kept = dialog(page, 'Kept downloads');
    await kept.getByText('owner/fairy@main').waitFor();
    expect(await kept.getByRole('status').innerText()).toMatch(
      /^\d+ KiB in this browser\. .* more may be kept/,
    );
    expect(await violations(page)).toEqual([]);
    await kept.getByRole('button', { name: 'Free owner/fairy' }).press('Enter');
    await kept.getByText('Nothing is kept').waitFor();
    await page.keyboard.press('Escape');
    await page.reload();
    await opened(page, 'owner/fairy');
    await expect.poll(() => server.downloads.length).toBe(3);
  });

  it('in shards opens although the Hub is busy, limits the rate and cuts a connection', async () => {
    const page = await start({ expected: /status of (429|503)|ERR_/ });
    server.faults.hub.push(FAULTS.rateLimited(1), FAULTS.failing);
    server.faults.cdn.push(FAULTS.cut, FAULTS.failing);
    await lookUp(page, 'owner/sharded');
    await dialog(page).getByRole('status', { name: 'Found' }).waitFor();
    await page.keyboard.press('Enter');
    await opened(page, 'owner/sharded');
    const shards = new Set(server.downloads.map(({ path }) => path.replace(/\?.*/, '')));
    expect(shards.size).toBeGreaterThan(1);
  });

  it('that is private is opened with a token, by keyboard alone', async () => {
    const page = await start({ expected: /status of 401/ });
    await lookUp(page, 'owner/private');
    await dialog(page)
      .getByText(/owner\/private: expected a repository that can be read/)
      .waitFor();
    await dialog(page).getByLabel('Access token').focus();
    await page.keyboard.type(GRANTED);
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('status', { name: 'Found' }).waitFor();
    await page.keyboard.press('Enter');
    await opened(page, 'owner/private');
  });

  it('of ?model= is shown with its size, opened when the person says so, and not asked about again after a reload', async () => {
    const query = `?model=${encodeURIComponent(`hub:${server.endpoint}/owner/fairy`)}`;
    const page = await visit({ hash: `${query}#tensor=v` });
    const found = dialog(page).getByRole('status', { name: 'Found' });
    await found.waitFor();
    expect(await dialog(page).innerText()).toMatch(
      /A link asks for this model[^]*3\.3 MiB[^]*64\.0 KiB of them/,
    );
    expect(await violations(page)).toEqual([]);
    // The header alone.
    expect(server.downloads.length).toBe(1);
    await page.keyboard.press('Enter');
    await opened(page, 'owner/fairy');
    await expect.poll(() => new URL(page.url()).search).toBe('');
    const link = `#model=hub:${server.endpoint}/owner/fairy@main&tensor=v`;
    await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toBe(link);
    await page.reload();
    await opened(page, 'owner/fairy');
  });

  it('of a link is left alone when its dialog is closed', async () => {
    const page = await visit({ hash: linkOf('owner/fairy') });
    await dialog(page).getByRole('status', { name: 'Found' }).waitFor();
    await page.keyboard.press('Escape');
    await opened(page, 'interlayer-fairy-1.7m');
    expect(server.downloads.length).toBe(1);
    await page.evaluate((hash) => (location.hash = hash), `#model=${server.endpoint}/folder/`);
    await dialog(page, 'Open a model from an address').getByText('A link asks for this model').waitFor();
    server.seen = [];
    await page.keyboard.press('Escape');
    expect(server.seen).toEqual([]);
  });

  it('that is gated asks for a token, which goes nowhere else', async () => {
    const page = await visit({ hash: linkOf('owner/gated'), expected: /status of 401/ });
    const alert = dialog(page).getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/owner\/gated: expected access[^]*it is gated/);
    const ask = alert.getByRole('link', { name: 'Ask for access to owner/gated' });
    expect(await ask.getAttribute('href')).toBe(`${server.endpoint}/owner/gated`);
    await dialog(page).getByLabel('Access token').focus();
    await page.keyboard.type(GRANTED);
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('status', { name: 'Found' }).waitFor();
    await page.keyboard.press('Enter');
    await opened(page, 'owner/gated');
    await expect.poll(() => page.url()).toContain('model=hub:');
    const kept = await page.evaluate(() =>
      JSON.stringify({ ...localStorage, ...sessionStorage, url: location.href }),
    );
    expect(kept).toContain('owner/gated');
    expect(kept).not.toContain(GRANTED);
    expect(new Set(server.downloads.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
  });

  it('that is missing is said to be; a search and a download can be cancelled', async () => {
    const page = await start({ width: 390, height: 844, expected: /status of 401/ });
    await openMenuItem(page, /Open from the Hub/);
    await dialog(page).getByText('Token and address').click();
    await dialog(page).getByLabel('Address of the Hub').fill(server.endpoint);
    const name = dialog(page).getByLabel('Model on the Hugging Face Hub');
    await name.fill('owner');
    await name.press('Enter');
    expect(await dialog(page).getByRole('alert').innerText()).toMatch(/Expected owner\/name/);
    await name.fill('owner/nothing');
    await name.press('Enter');
    await dialog(page)
      .getByText(/owner\/nothing: expected a repository that can be read/)
      .waitFor();
    expect(await pageWidth(page)).toBe(390);

    server.delayMs = 30_000;
    await name.fill('owner/fairy');
    await name.press('Enter');
    await dialog(page).getByRole('button', { name: 'Cancel' }).first().press('Enter');
    await dialog(page).getByText('Small ones to begin with').waitFor();
    server.delayMs = 0;
    await name.press('Enter');
    await dialog(page).getByRole('status', { name: 'Found' }).waitFor();
    server.delayMs = 30_000;
    await name.press('Enter');
    await page
      .getByText(/^(Solving|Downloading)/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Cancel' }).first().click();
    await page
      .getByRole('button', { name: /Solve|again/i })
      .first()
      .waitFor();
  });
});
