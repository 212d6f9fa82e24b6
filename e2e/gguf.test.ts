import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ranged } from '../src/checkpoint/file-server';
import { visits } from './visits';

const { start } = visits();
const PATH = new URL('../tests/fixtures/gguf/llama.gguf', import.meta.url);
const FILE = readFileSync(PATH);

/** Waits for the model, of 2 blocks of 2 heads of 4, to be open with a plan of its own. */
async function expectOpened(page: Page, name: string): Promise<void> {
  const chip = page.locator('.chip-name').first();
  await expect.poll(() => chip.innerText(), { timeout: 30_000 }).toBe(name);
  await expect.poll(() => page.locator('figure').first().getAttribute('data-state')).toBe('ready');
  await expect.poll(() => page.getByText(/8 of each/).count(), { timeout: 30_000 }).toBeGreaterThan(0);
}

let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'Range');
    response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Content-Length');
    if (request.method === 'OPTIONS') response.end();
    else if (request.url === '/small.gguf') ranged(FILE)(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a picked GGUF file opens, and Try says that it has no vocabulary', async () => {
  const page = await start();
  await page
    .getByLabel('Model files')
    .setInputFiles({ name: 'small.gguf', mimeType: 'application/octet-stream', buffer: FILE });
  await expectOpened(page, 'small');
  await page.getByRole('tab', { name: 'Try' }).click();
  await page.getByText(/expected a vocabulary in the file, got none/).waitFor();
});

it('a dropped GGUF file opens', async () => {
  const page = await start();
  const bytes = FILE.toString('base64');
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    const file = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    data.items.add(new File([file], 'small.gguf'));
    return data;
  }, bytes);
  await page.locator('body').dispatchEvent('drop', { dataTransfer: transfer });
  await expectOpened(page, 'small');
});

it('a link to a GGUF file opens it by ranges', async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/small.gguf`;
  const page = await start({ hash: `#model=${address}` });
  await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
  await expectOpened(page, 'small.gguf');
});
