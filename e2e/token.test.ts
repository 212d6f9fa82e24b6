import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { SHIPPED } from '../tests/engine';
import { GRANTED, HubServer, filesIn } from '../tests/hub-server';
import { TokenSearch } from '../tests/token-search';
import { pictureReady } from './browser';
import { visits } from './visits';

const server = new HubServer();
const search = new TokenSearch(GRANTED);
beforeAll(async () => {
  await server.start();
  server.repositories.set('owner/gated', { files: filesIn(SHIPPED), access: 'gated' });
});
afterAll(() => server.stop());

const { visit } = visits({ offline: true, expected: /status of 401/ });
const TRAIN = 'race=count&without=4&minutes=off&train-steps=40&batch=2&context=32&first-page=1&tokens=128';

/** Everything that the browser keeps of the page and shows in it, by place: texts, and bytes as Latin-1. */
function everything(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const found: Record<string, string> = {
      address: location.href,
      title: document.title,
      'window.name': window.name,
      cookies: document.cookie,
      'history state': JSON.stringify(history.state),
      local: JSON.stringify({ ...localStorage }),
      session: JSON.stringify({ ...sessionStorage }),
      databases: JSON.stringify(await indexedDB.databases()),
      page: document.documentElement.outerHTML,
      fields: [...document.querySelectorAll('input, textarea')]
        .map((field) => (field as HTMLInputElement).value)
        .join('\n'),
      requests: performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .join('\n'),
    };
    const latin1 = async (bytes: Blob): Promise<string> =>
      new TextDecoder('latin1').decode(await bytes.arrayBuffer());
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request);
        const headers = [...request.headers, ...(response?.headers ?? [])].join('\n');
        found[`cache ${request.url}`] = `${headers}\n${response ? await latin1(await response.blob()) : ''}`;
      }
    }
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}${name}/`);
        else found[`file ${path}${name}`] = await latin1(await (handle as FileSystemFileHandle).getFile());
      }
    };
    await walk(await navigator.storage.getDirectory(), '');
    return found;
  });
}

/** Places in which the token is. */
const leaks = (places: Record<string, string | Uint8Array>): string[] =>
  Object.entries(places).flatMap(([place, content]) =>
    search.isIn(place) || search.isIn(content) ? [place] : [],
  );

it('a token is in nothing that is shown, kept, sent elsewhere or saved, after all that can be done with a gated model', async () => {
  const page = await visit();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const said: string[] = [];
  const sent: Record<string, string> = {};
  const saved: Download[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('download', (download) => saved.push(download));
  page.context().on('request', (request) => {
    const { origin } = new URL(request.url());
    // Only the Hub itself may get it, in the one header.
    const { authorization, ...headers } = request.headers();
    const secret = origin === server.endpoint && authorization === `Bearer ${GRANTED}` ? '' : authorization;
    sent[`request to ${request.url()}`] = JSON.stringify([headers, secret, request.postData()]);
  });
  const link = `#model=hub:${encodeURIComponent(server.endpoint)}/owner/gated@main&${TRAIN}`;
  await page.goto('about:blank');
  await page.goto(inject('page') + link);

  const hub = page.getByRole('dialog', { name: 'Open from the Hub' });
  await hub.getByRole('alert').waitFor();
  await hub.getByLabel('Access token').fill(GRANTED);
  await page.keyboard.press('Enter');
  await hub.getByRole('status', { name: 'Found' }).waitFor();
  await page.keyboard.press('Enter');
  await page
    .getByRole('banner')
    .getByRole('button', { name: /owner\/gated.*\d → \d/ })
    .waitFor();
  await pictureReady(page);
  expect(server.seen.some(({ authorization }) => authorization === `Bearer ${GRANTED}`)).toBe(true);

  const texts: Record<string, string> = {};
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  texts['link'] = await clipboard();
  await page.keyboard.press('g');
  const device = page.getByRole('dialog', { name: 'Backend' });
  await device.getByRole('button', { name: 'Copy as text' }).click();
  await expect.poll(clipboard).not.toBe(texts['link']);
  texts['report'] = await clipboard();
  await page.keyboard.press('Escape');
  for (const format of ['SVG', 'PNG', 'npy']) {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const item = page.getByRole('button', { name: new RegExp(format) }).last();
    await Promise.all([page.waitForEvent('download'), item.click()]);
    await page.keyboard.press('Escape');
  }

  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Evaluate all' }).click();
  await page.getByRole('button', { name: 'All evaluated' }).waitFor({ timeout: 60_000 });
  for (const name of ['CSV', 'JSON', 'SVG', 'PNG'])
    await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name, exact: true }).click(),
    ]);

  await page.getByRole('tab', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Start the race' }).click();
  await page.getByRole('button', { name: 'Pause' }).click({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });

  await page.getByRole('button', { name: 'Export checkpoint' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
  await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    dialog.getByRole('button', { name: 'Download .zip' }).click(),
  ]);

  const places = await everything(page);
  // What is searched is what there is: the model's ranges, the race's state, the kept page.
  const names = Object.keys(places).join('\n');
  expect(names).toMatch(/file .*owner@gated@/);
  expect(names).toMatch(/file .*race/i);
  expect(saved.map((file) => file.suggestedFilename().split('.').at(-1)).sort()).toEqual([
    'csv',
    'json',
    'npy',
    'png',
    'png',
    'svg',
    'svg',
    'zip',
  ]);
  const files: Record<string, Uint8Array> = {};
  for (const file of saved) files[`saved ${file.suggestedFilename()}`] = await readFile(await file.path());
  const all = { ...places, ...texts, ...sent, ...files, console: said.join('\n') };
  expect(leaks(all)).toEqual([]);
  await page.goBack();
  expect(leaks({ address: page.url() })).toEqual([]);

  // The search would have found it.
  await page.evaluate((token) => localStorage.setItem('planted', btoa(token)), GRANTED);
  expect(leaks(await everything(page))).toEqual(['local']);
});
