import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LESSON_FORMAT } from '../src/lessons/format';
import { violations } from './accessible';
import { play, press } from './lesson-player';
import { visits } from './visits';

const LESSON = {
  format: LESSON_FORMAT,
  id: 'of-a-teacher',
  language: 'en',
  title: 'Two tensors',
  summary: 'Written by somebody else.',
  minutes: 2,
  state: 'gap=5',
  steps: [
    { title: 'Queries', text: 'Gap {shown.gap}: <b>one row</b> per query.', point: 'tensors' },
    {
      title: 'Keys',
      text: 'Now the keys.',
      do: 'Show k.',
      show: { state: 'tensor=k' },
      done: { all: [{ state: 'tensor=k' }, { reading: 'plan.perplexity', above: 1 }] },
      seen: 'The plan of {shown.tensor} has a perplexity of {plan.perplexity}.',
    },
  ],
};
const BROKEN = { ...LESSON, steps: [LESSON.steps[0], { title: 'Keys', text: 'x', state: 'tensor=w' }] };

/** Drops a file on the page. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], file, { type: 'application/json' }));
      return data;
    },
    [name, text] as const,
  );
  for (const event of ['dragover', 'drop'])
    await page.dispatchEvent('body', event, { dataTransfer: transfer });
}

describe('a lesson that somebody else wrote', () => {
  const { start } = visits();
  let server: Server;
  let host: string;
  const answers: Record<string, string> = {
    '/lesson.json': JSON.stringify(LESSON),
    '/broken.json': JSON.stringify(BROKEN),
    '/large.json': `"${'x'.repeat(300_000)}"`,
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const text = answers[request.url ?? ''];
      response.writeHead(text === undefined ? 404 : 200, { 'Access-Control-Allow-Origin': '*' });
      response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('is played from a link, and leaving gives the person’s state back', async () => {
    const page = await start({ hash: '#tensor=up&seed=3' });
    await page.evaluate((address) => {
      location.hash = `#lesson=${address}`;
    }, `${host}/lesson.json`);
    await page.getByRole('heading', { name: 'Queries' }).waitFor();
    // HTML of a lesson is text.
    expect(await page.locator('.lesson').innerText()).toContain('Gap 5|6: <b>one row</b> per query.');
    expect(await page.locator('[data-pointed]').getAttribute('data-control')).toBe('tensors');
    expect(await violations(page)).toEqual([]);
    const [, keys] = await play(page, { by: 'keyboard' });
    expect(keys?.numbers.map(({ name }) => name)).toEqual(['shown.tensor', 'plan.perplexity']);
    expect(keys?.numbers[0]?.text).toBe('k');
    expect(Number(keys?.numbers[1]?.text)).toBeGreaterThan(1);
    await expect.poll(() => new URL(page.url()).hash).toBe('#seed=3&tensor=up');
  });

  it('is played after it was dropped', async () => {
    const page = await start({ hash: '#tensor=up&seed=3' });
    await drop(page, 'mine.json', JSON.stringify(LESSON));
    await page.getByRole('heading', { name: 'Queries' }).waitFor();
    await expect.poll(() => new URL(page.url()).hash).toContain('lesson=');
    // A reload lets the file go, but not what the person had before.
    await page.reload();
    await page.getByRole('alert').filter({ hasText: 'Drop it here again' }).waitFor();
    await expect.poll(() => new URL(page.url()).hash).toBe('#seed=3&tensor=up');
    await drop(page, 'mine.json', JSON.stringify(LESSON));
    await page.getByRole('heading', { name: 'Queries' }).waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.locator('.lesson').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Lessons');
  });

  it('is back after Back, Forward and Back in a row, and gone after the last', async () => {
    const page = await start({ hash: '#tensor=up&seed=3' });
    await page.evaluate(() => {
      location.hash = '#lesson=epsilon';
    });
    await page.locator('.lesson').waitFor();
    await expect.poll(() => new URL(page.url()).hash).toContain('gap=6');
    for (const by of [-1, 1, -1, 1]) await page.evaluate((steps) => history.go(steps), by);
    await page.locator('.lesson').waitFor();
    await page.goBack();
    await page.locator('.lesson').waitFor({ state: 'detached' });
    await expect.poll(() => new URL(page.url()).hash).toBe('#seed=3&tensor=up');
  });

  it('goes on when Show me is pressed again before the step is done', async () => {
    const page = await start();
    await page.evaluate(() => {
      location.hash = '#lesson=where';
    });
    const lesson = page.locator('.lesson');
    await lesson.locator('.prediction input[type=radio]').first().check();
    await lesson.getByRole('button', { name: 'Show me' }).click();
    await page.locator('[data-control=compare-run][data-stops]').waitFor();
    await lesson.getByRole('button', { name: 'Show me' }).click();
    await lesson.locator('.seen').waitFor({ timeout: 60_000 });
  });

  it('that cannot be had leaves the address to the person’s own state', async () => {
    const page = await start({ hash: '#tensor=up', expected: /404/ });
    await page.evaluate((address) => {
      location.hash = `#lesson=${address}`;
    }, `${host}/nothing.json`);
    await page.getByRole('alert').filter({ hasText: 'got status 404' }).waitFor();
    await expect.poll(() => new URL(page.url()).hash).toBe('#tensor=up');
  });

  it.each([
    ['broken.json', 'step 2 (“Keys”): state: the state’s field “tensor”'],
    ['large.json', 'expected a lesson of at most 256 KiB'],
    ['nothing.json', 'got status 404'],
  ])('says what is wrong with %s, and changes nothing', async (file, message) => {
    const page = await start({ hash: '#tensor=up', expected: /404/ });
    await press(page, 'keyboard', page.getByRole('button', { name: 'Lessons' }));
    await page.getByLabel('Address of a lesson').fill(`${host}/${file}`);
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert').filter({ hasText: 'The lesson could not be opened' });
    await alert.waitFor();
    expect((await alert.innerText()).toLowerCase()).toContain(message.toLowerCase());
    expect(await page.locator('.lesson').count()).toBe(0);
    expect(new URL(page.url()).hash).toBe('#tensor=up');
  });
});

describe('the first visit', () => {
  const { visit, start } = visits();

  it('says in one sentence what is seen, and offers three ways on, once', async () => {
    const page = await start({ firstVisit: true });
    const welcome = page.locator('.welcome');
    await welcome.waitFor();
    expect((await welcome.locator('p').innerText()).match(/[.!?](\s|$)/g)).toHaveLength(1);
    expect(await welcome.getByRole('button').allInnerTexts()).toEqual([
      'Take the tour (2 min)',
      'Lessons',
      'Open a model',
      '',
    ]);
    expect(await violations(page)).toEqual([]);
    await welcome.getByRole('button', { name: 'Open a model' }).click();
    await page.getByRole('dialog', { name: /model/i }).waitFor();
    await page.reload();
    await page.locator('figure[data-state=ready]').waitFor();
    expect(await welcome.count()).toBe(0);
  });

  it('of a link is that link, without an introduction', async () => {
    const page = await visit({ firstVisit: true, hash: '#tensor=up' });
    await page.locator('figure[data-state=ready]').waitFor();
    expect(await page.locator('.welcome').count()).toBe(0);
  });
});
