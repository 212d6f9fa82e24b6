import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pictureReady } from './browser';
import { visits } from './visits';

/** What the policy must refuse, and the directive that refuses it. */
const REFUSED = {
  'inline script': 'script-src-elem',
  'inline handler': 'script-src-attr',
  'javascript: address': 'script-src-elem',
  eval: 'script-src',
  'function from text': 'script-src',
  'script of another site': 'script-src-elem',
  'module of another site': 'script-src-elem',
  'picture of another site': 'img-src',
  'style of another site': 'style-src-elem',
  'inline style': 'style-src-elem',
  'style attribute': 'style-src-attr',
  'font of another site': 'font-src',
  'film of another site': 'media-src',
  'frame of another site': 'frame-src',
  object: 'object-src',
  'worker from text': 'worker-src',
  'web socket': 'connect-src',
  form: 'form-action',
  'base address': 'base-uri',
} as const;

/** Tries all of it in the page. @returns the directive that refused each, or `nothing`. */
function attempts(other: string): Promise<Record<string, string>> {
  const add = (name: string, attributes: Record<string, string>, text = ''): HTMLElement => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    document.body.append(element);
    return element;
  };
  const tries: Record<string, () => unknown> = {
    'inline script': () => add('script', {}, 'globalThis.refused = 1'),
    'inline handler': () => add('button', { onclick: 'globalThis.refused = 1' }).click(),
    'javascript: address': () => add('a', { href: 'javascript:void(globalThis.refused = 1)' }).click(),
    // oxlint-disable-next-line no-eval
    eval: () => (0, eval)('globalThis.refused = 1'),
    'function from text': () => new Function('globalThis.refused = 1')(),
    'script of another site': () => add('script', { src: `${other}script.js` }),
    'module of another site': () => add('script', { type: 'module', src: `${other}module.js` }),
    'picture of another site': () => add('img', { src: `${other}picture.png` }),
    'style of another site': () => add('link', { rel: 'stylesheet', href: `${other}style.css` }),
    'inline style': () => add('style', {}, 'body { display: none }'),
    'style attribute': () => add('p', { style: 'color: red' }),
    'font of another site': () => new FontFace('other', `url(${other}font.woff2)`).load(),
    'film of another site': () => add('video', { src: `${other}film.mp4` }),
    'frame of another site': () => add('iframe', { src: `${other}frame.html` }),
    object: () => add('object', { data: `${other}object.svg`, type: 'image/svg+xml' }),
    'worker from text': () => new Worker(URL.createObjectURL(new Blob(['']))),
    'web socket': () => new WebSocket(other.replace('http', 'ws')),
    form: () => (add('form', { action: `${other}form`, method: 'post' }) as HTMLFormElement).submit(),
    'base address': () =>
      document.head.append(Object.assign(document.createElement('base'), { href: other })),
  };
  const refusal = async (attempt: () => unknown): Promise<string> => {
    const heard = new Set<string>();
    const hear = (event: SecurityPolicyViolationEvent) => void heard.add(event.effectiveDirective);
    document.addEventListener('securitypolicyviolation', hear);
    // In a task of its own, because the browser's tools that run this may do more than the page.
    setTimeout(
      () =>
        void Promise.resolve()
          .then(attempt)
          .catch(() => undefined),
    );
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    for (let i = 0; i < 100 && heard.size === 0; i++) await pause(20);
    // Meta element and header refuse it once each.
    await pause(60);
    document.removeEventListener('securitypolicyviolation', hear);
    return [...heard].join(' ') || 'nothing';
  };
  return (async () => {
    const found: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(tries)) found[name] = await refusal(attempt);
    return { ...found, ran: String('refused' in globalThis) };
  })();
}

/** Shows every tab, with what it loads on demand, and dialogs. What is computed and saved there, other tests of the page do. */
async function useEverything(page: Page): Promise<void> {
  await pictureReady(page);
  const tab = (name: string) => page.getByRole('tab', { name }).click();
  await tab('Map');
  await page.locator('figure[data-state=ready]').first().waitFor();
  await tab('Compare');
  await page.getByRole('button', { name: 'Evaluate all' }).click();
  await page.locator('.js-plotly-plot .main-svg').first().waitFor({ timeout: 60_000 });
  await tab('Train');
  await page.getByRole('button', { name: 'Start the race' }).waitFor();
  await tab('Try');
  await page.getByRole('button', { name: 'Generate', exact: true }).waitFor();
  await tab('Align');
  await pictureReady(page);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Export checkpoint' }).click();
  await page.getByRole('dialog', { name: 'Export checkpoint' }).waitFor();
}

describe('the content security policy', () => {
  let server: Server;
  let other: string;
  let asked = 0;
  const { visit } = visits();
  beforeAll(async () => {
    server = createServer((_, response) => {
      asked++;
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    });
    await new Promise<void>((listening) => server.listen(0, listening));
    other = `http://localhost:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server.close());

  it('refuses everything that the page does not need', async () => {
    const page = await visit({ expected: /Content Security Policy|Refused|ERR_/ });
    await pictureReady(page);
    const [engine] = page.workers();
    const inEngine = await engine?.evaluate(
      () =>
        new Promise((resolve) => {
          setTimeout(() => {
            try {
              // oxlint-disable-next-line no-eval
              resolve((0, eval)('"ran"'));
            } catch (error) {
              resolve((error as Error).name);
            }
          });
        }),
    );
    expect(inEngine).toBe('EvalError');
    const { ran, ...refusals } = await page.evaluate(attempts, other);
    expect(refusals).toEqual(REFUSED);
    expect(ran).toBe('false');
    expect(asked).toBe(0);
  });

  it('is not in the way of anything, and nothing is requested from another site', async () => {
    const page = await visit();
    const addresses: string[] = [];
    page.context().on('request', (request) => addresses.push(request.url()));
    const broken: string[] = [];
    await page.exposeFunction('onViolation', (directive: string) => broken.push(directive));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        (globalThis as unknown as { onViolation(text: string): void }).onViolation(
          `${effectiveDirective} ${blockedURI}`,
        );
      });
    });
    await page.goto(`${inject('page')}#tokens=128`);
    await page.reload();
    await useEverything(page);
    expect(broken).toEqual([]);
    const { origin } = new URL(inject('page'));
    // An export is a blob of the page, and the icon is in the page itself.
    const foreign = addresses.filter(
      (address) => !new RegExp(`^(${origin}/|blob:${origin}/|data:)`).test(address),
    );
    expect(foreign).toEqual([]);
    expect(addresses.filter((address) => /assets.*\.js$/.test(address)).length).toBeGreaterThan(5);
  });
});
