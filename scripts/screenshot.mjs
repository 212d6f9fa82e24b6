import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';

// Writes the pictures of the page that the README and docs/ show, from a fresh build.
ensureDependencies();
const executablePath = ensureBrowser();
const { build, preview } = await import('vite');
const { chromium } = await import('playwright-core');

await build({ root, logLevel: 'warn' });
const server = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-unsafe-webgpu'] });
mkdirSync(join(root, 'docs/gallery'), { recursive: true });

const SHOTS = [
  { file: 'screenshot.png', width: 1440, height: 900, theme: 'light', cell: true },
  { file: 'gallery/align-dark.png', width: 1440, height: 900, theme: 'dark', cell: true },
  { file: 'gallery/align-390-light.png', width: 390, height: 844, theme: 'light' },
  { file: 'gallery/align-390-dark.png', width: 390, height: 844, theme: 'dark' },
  { file: 'gallery/compare-light.png', width: 1440, height: 900, theme: 'light', compare: true },
  { file: 'gallery/compare-dark.png', width: 1440, height: 900, theme: 'dark', compare: true },
];

try {
  for (const { file, width, height, theme, cell, compare } of SHOTS) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    // Also where the only adapter is software, and the page left to itself would compute on the CPU.
    await context.addInitScript(() => localStorage.setItem('interlayer.backend', 'webgpu'));
    const page = await context.newPage();
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page.locator('figure[data-state=ready]').waitFor({ timeout: 60_000 });
    if (cell) {
      await page.getByRole('application').focus();
      for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown');
      for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.locator('.cell-details[data-stale=false]').waitFor();
    }
    if (compare) {
      await page.getByRole('tab', { name: 'Compare' }).click();
      await page.getByRole('button', { name: 'Evaluate all' }).click();
      await page.getByRole('button', { name: 'All evaluated' }).waitFor({ timeout: 300_000 });
      await page.locator('.js-plotly-plot .main-svg').first().waitFor({ timeout: 30_000 });
    }
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(root, 'docs', file) });
    console.log(`wrote docs/${file}`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
