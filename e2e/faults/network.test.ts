import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { FAULTS, type Fault, HubServer, filesIn } from '../../tests/hub-server';
import { launch, pictureReady } from '../browser';
import { engineOf, profile, says, type Profile } from './page';

const FAIRY = filesIn(SHIPPED);
const many = (fault: Fault | undefined): (Fault | undefined)[] => Array.from({ length: 12 }, () => fault);

describe('network', () => {
  const server = new HubServer();
  let browser: Awaited<ReturnType<typeof launch>>;
  let visit: Profile;
  let page: Page;
  let models = 0;
  /** Name of a model that was never opened, so that nothing of it is kept. */
  let name: string;

  beforeAll(async () => {
    await server.start();
    browser = await launch();
    visit = await profile(browser, { expected: /Failed to load resource|ERR_/ });
    page = visit.first;
    await pictureReady(page);
    // Half a minute of silence becomes half a second.
    await engineOf(page).evaluate(() => {
      const wait = setTimeout;
      const shorter = (work: TimerHandler, ms = 0): number => wait(work, ms >= 30_000 ? ms / 60 : ms);
      Object.assign(self, { setTimeout: shorter });
    });
  });
  afterAll(async () => {
    server.stop();
    await browser.close();
    expect(visit.complaints).toEqual([]);
  });
  afterEach(async () => {
    server.reset();
    await visit.context.setOffline(false);
    for (const button of await page.getByRole('button', { name: 'Dismiss' }).all()) await button.click();
  });

  /** Asks for another model by a link: `hub` as one of the Hub, which is looked up, else as an address, which is opened and leads on to another host. */
  async function ask(by: 'hub' | 'address', access?: 'gated' | 'private'): Promise<void> {
    name = `owner/fairy-${++models}`;
    server.repositories.set(name, { files: FAIRY, ...(access ? { access } : {}) });
    const model =
      by === 'hub'
        ? `hub:${encodeURIComponent(server.endpoint)}/${name}@main`
        : encodeURIComponent(`${server.endpoint}/${name}/resolve/main/`);
    await page.evaluate((hash) => (location.hash = hash), `model=${model}`);
    if (by === 'address')
      await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
  }
  /** Opens the model of the Hub that was looked up. */
  const open = (): Promise<void> =>
    page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
  /** The model that was asked for is open, and its first plan on show. */
  async function opened(): Promise<void> {
    await page
      .getByRole('banner')
      .getByRole('button', { name: new RegExp(`${name}.*\\d → \\d`) })
      .waitFor();
    await pictureReady(page);
  }
  const tryAgain = (): Promise<void> => page.getByRole('button', { name: 'Try again' }).last().click();

  test.each([
    ['never answers', FAULTS.silent, /expected an answer, got none in 30 s. Try again in a while/],
    ['cuts every answer', FAULTS.hangUp, /expected an answer, got none. Check the connection/],
    ['answers 500', FAULTS.refused(500), /got status 500. The server is busy or failing/],
    ['answers 429', FAULTS.refused(429), /too many requests from here: try again in a while/],
  ])(
    'the Hub %s while a model is looked up → the page says so and tries again when asked',
    async (_, fault, words) => {
      server.faults.hub = many(fault);
      await ask('hub');
      await says(page, words);
      server.reset();
      await page.getByRole('button', { name: 'Look up' }).click();
      await open();
      await opened();
    },
  );

  test('the Hub answers 429 with Retry-After → the page waits as long and opens the model', async () => {
    server.faults.hub = [
      (_, response) => {
        response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
        response.writeHead(429, { 'Retry-After': 2 }).end();
      },
    ];
    const asked = Date.now();
    await ask('hub');
    await open();
    await opened();
    expect(Date.now() - asked).toBeGreaterThan(2000);
  });

  test('the Hub answers 401 → the page asks for a token', async () => {
    await ask('hub', 'private');
    await says(page, /expected a repository that can be read, got status 401/);
    await page.keyboard.press('Escape');
  });

  test.each([
    [403, /got status 403. The address needs permission/],
    [404, /expected config.json, got no such file/],
  ])('an address answers %i → the page says what to do and tries again when asked', async (status, words) => {
    server.faults.hub = many(FAULTS.refused(status));
    await ask('address');
    await says(page, words);
    server.reset();
    await tryAgain();
    await opened();
  });

  test('the browser goes offline → the page says so and tries again when asked', async () => {
    await visit.context.setOffline(true);
    await ask('address');
    await says(page, /this browser is offline. Connect and try again/);
    await visit.context.setOffline(false);
    await tryAgain();
    await opened();
  });

  test('the script of a stage does not come → its place says so and loads it when asked; the rest of the page stays', async () => {
    await page.route(/assets\/map-stage/, (route) => route.abort());
    await page.getByRole('tab', { name: 'Map' }).click();
    await says(page, /Expected this part of the page from its server, got none/);
    await page.unroute(/assets\/map-stage/);
    await tryAgain();
    await page.getByRole('region', { name: 'Map' }).waitFor();
    await page.getByRole('tab', { name: 'Align' }).click();
    await pictureReady(page);
  });

  test.each([
    ['stalls', FAULTS.stall, /expected \d+ bytes, got 1 before the answer was cut off/],
    ['cuts every body', FAULTS.cut, /expected \d+ bytes, got \d+ before the answer was cut off/],
    ['answers 500', FAULTS.refused(500), /got status 500/],
    ['answers another range', FAULTS.otherRange, /expected bytes from \d+, got bytes from \d+/],
  ])(
    'the server %s while weights are read → the page says so and reads them when asked',
    async (_, fault, words) => {
      server.faults.cdn = [undefined, ...many(fault)];
      await ask('hub');
      await open();
      await says(page.getByRole('figure'), words);
      server.reset();
      await page.getByRole('figure').getByRole('button', { name: 'Try again' }).click();
      await opened();
    },
  );

  test('the server trickles → the page shows rate and time left, and cancels', async () => {
    server.faults.cdn = [undefined, ...many(FAULTS.trickle)];
    await ask('hub');
    await open();
    await says(page.getByRole('figure'), /Downloading 0\.\d of .* MiB, .* left/);
    await page.getByRole('figure').getByRole('button', { name: 'Cancel' }).click();
    await says(page.getByRole('figure'), /The solve was stopped/);
    server.reset();
    await page.getByRole('button', { name: 'Solve again' }).click();
    await opened();
  });

  test('the server trickles while another model is asked for → the page leaves the first one and opens the other', async () => {
    server.faults.cdn = [undefined, ...many(FAULTS.trickle)];
    await ask('hub');
    await open();
    await says(page.getByRole('figure'), /Downloading 0\.\d of .* MiB, .* left/);
    server.faults.cdn = [];
    await ask('hub');
    await open();
    await opened();
  });

  test('the server answers with the whole file instead of a range → the page takes the range from it', async () => {
    server.faults.cdn = many((request, response) => {
      delete request.headers.range;
      const [, owner, model, file = ''] = (request.url ?? '').replace(/\?.*/, '').split('/');
      const bytes = server.repositories.get(`${owner}/${model}`)?.files.get(decodeURIComponent(file));
      response.writeHead(200, { 'Content-Length': bytes?.byteLength ?? 0 }).end(bytes);
    });
    await ask('address');
    await opened();
  });

  test('the file changes on the server between two reads → the page says so, computes nothing from both, and opens it again', async () => {
    await ask('address');
    await opened();
    server.version = '2';
    await page.getByText('3|4', { exact: true }).first().click();
    await says(page, /expected the same file .* throughout, got another version/);
    await page.getByRole('button', { name: 'Open it again' }).click();
    await opened();
  });
});
