import { join } from 'node:path';
import { build, preview } from 'vite';
import { launchChromium } from '../chromium';
import type { Message, Order } from './worker';

const ROOT = join(import.meta.dirname, '.');
const OUT = join(import.meta.dirname, '../out/peers');
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Builds the page of all libraries, opens it in Chromium and calls `report` for every row as it is measured. */
export async function measureInPage(
  order: Order,
  report: (message: Message) => void,
): Promise<{ browser: string; adapter: string }> {
  const shared = { root: ROOT, configFile: false, publicDir: false, base: './' } as const;
  await build({
    ...shared,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir: OUT,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1e5,
    },
  });
  const server = await preview({
    ...shared,
    logLevel: 'error',
    build: { outDir: OUT },
    preview: { port: 0, host: '127.0.0.1', headers: ISOLATED },
  });
  const chrome = await launchChromium();
  try {
    const page = await chrome.newPage();
    const finished = new Promise<void>((resolve, reject) => {
      page.on('crash', () => reject(new Error('the page crashed')));
      void page.exposeFunction('report', (message: Message) => {
        if (message.kind !== 'done') report(message);
        else if (message.failure === undefined) resolve();
        else reject(new Error(message.failure));
      });
    });
    page.on('pageerror', (error) => report({ kind: 'log', text: `page: ${error.message}` }));
    page.on('console', (message) => {
      if (message.type() === 'error')
        report({ kind: 'log', text: `console: ${message.text().slice(0, 200)}` });
    });
    await page.addInitScript((value) => Object.assign(window, { order: value }), order);
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await finished;
    return { browser: `Chromium ${chrome.version()}`, adapter: await page.evaluate(adapterName) };
  } finally {
    await chrome.close();
    await server.close();
  }
}

async function adapterName(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return 'no adapter';
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const parts = [vendor, architecture, device, description].filter((part) => part !== '');
  return `${[...new Set(parts)].join(' ')}${isFallbackAdapter ? ' (software)' : ''}`;
}
