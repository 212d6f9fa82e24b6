import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { preview } from 'vite';
import { NodeEnvironment } from '../src/engine/node';
import { Engine } from '../src/engine/engine';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { launchChromium } from './chromium';
import { MODEL } from './data';
import { measureStage, pressAndWait } from './stage';
import { printTable, short } from './table';
import { folders, sourceOf } from '../src/cli/folders';

const UPSCALES = 20;

/** Times the production build in a browser and prints the times beside their goals. */
async function measurePage(): Promise<void> {
  const server = await preview({ logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  const chrome = await launchChromium();
  try {
    const page = await chrome.newPage({ viewport: { width: 1440, height: 900 } });
    await watchLongTasks(page);
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page.locator('figure[data-half-step]').waitFor({ timeout: 60_000 });
    const painted = await page.evaluate(() => performance.now());
    await page.locator('figure[data-state=ready]').waitFor({ timeout: 60_000 });
    const opening = await longestTask(page);
    await pressAndWait(page, '5', 'of gate');
    const solving = await longestTask(page);
    await pressAndWait(page, '1', 'of q');

    const { seconds, adapter } = await upscaleAndEvaluate(page);
    const computing = await longestTask(page);
    const stage = await measureStage(page, server.resolvedUrls?.local[0] ?? '');
    const training = await longestTaskTraining(page, server.resolvedUrls?.local[0] ?? '');
    console.log(`\npage, production build, ${adapter}`);
    printTable(
      ['what', 'measured', 'goal'],
      [
        ['first plan painted after navigation', `${short(painted / 1000)} s`, '4 s'],
        ['top up-scale, base and expanded evaluated on 512 tokens', `${short(seconds)} s`, '30 s'],
        ['longest main-thread task while opening', `${Math.round(opening)} ms`, '–'],
        ['longest main-thread task while solving 384 × 384', `${Math.round(solving)} ms`, '50 ms'],
        ['longest main-thread task while computing', `${Math.round(computing)} ms`, '50 ms'],
        ['longest main-thread task while three arms train', `${Math.round(training)} ms`, '50 ms'],
        ['another tensor of a solved gap, to its picture', `${Math.round(stage.tensor)} ms`, '100 ms'],
        ['another solved gap, to its picture', `${Math.round(stage.gap)} ms`, '100 ms'],
        [
          `frames while scrubbing ${stage.halfSteps} half-steps of 384 × 384: median, 90 %, longest`,
          stage.frame.map((time) => `${Math.round(time)} ms`).join(', '),
          '17 ms',
        ],
      ],
    );
  } finally {
    await chrome.close();
    await server.close();
  }
}

/** Milliseconds of the longest main-thread task over 50 ms while arms train; 0 if there was none. */
async function longestTaskTraining(page: Page, address: string): Promise<number> {
  await page.goto(`${address}#tab=train&race=count&minutes=off&train-steps=20&batch=2&context=64`);
  await page.reload();
  await page.getByRole('button', { name: 'Start the race' }).click({ timeout: 120_000 });
  await page.locator('tr[data-status=running]').first().waitFor({ timeout: 60_000 });
  await longestTask(page);
  await page.getByText('finished').waitFor({ timeout: 600_000 });
  return longestTask(page);
}

async function watchLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const longest = { longest: 0 };
    Object.assign(window, { tasks: longest });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.longest = Math.max(longest.longest, duration);
    }).observe({ type: 'longtask', buffered: true });
  });
}

/** Milliseconds of the longest task over 50 ms since the last call; 0 if there was none. */
const longestTask = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { tasks } = window as unknown as { tasks: { longest: number } };
    const { longest } = tasks;
    tasks.longest = 0;
    return longest;
  });

/** Seconds from the click on "Evaluate" until the result panel shows the losses of base and deeper model. */
async function upscaleAndEvaluate(page: Page): Promise<{ seconds: number; adapter: string }> {
  const adapter = (
    await page
      .getByRole('button', { name: /WebGPU|CPU/ })
      .first()
      .innerText()
  ).replaceAll('\n', ' ');
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByLabel('Tokens').selectOption({ label: 'first 512' });
  await page.getByRole('tab', { name: 'Align' }).click();
  const start = Date.now();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page
    .getByRole('region', { name: 'Result' })
    .getByText(/exactly/)
    .waitFor({ timeout: 120_000 });
  return { seconds: (Date.now() - start) / 1000, adapter };
}

/** Evaluates many different recipes on one device. Memory must not grow from one to the next, and must be freed by `clear`. */
async function measureLeaks(): Promise<void> {
  const environment = new NodeEnvironment(folders);
  const engine = new Engine(environment);
  await engine.run('start', { backend: 'webgpu' });
  await engine.run('open', { source: await sourceOf(MODEL) });
  const before = (await engine.run('memory', {})).bytes;
  const text = (await readFile('public/corpus/fairy-heldout.txt', 'utf8')).slice(0, 400);
  const used: number[] = [];
  for (let seed = 0; seed < UPSCALES; seed++) {
    await engine.run('evaluate', { recipe: { ...DEFAULT_RECIPE, seed }, text, maxTokens: 64 });
    used.push((await engine.run('memory', {})).bytes);
  }
  await engine.run('clear', {});
  const { bytes, peakBytes } = await engine.run('memory', {});
  console.log(
    `\n${UPSCALES} up-scales in a row: ${before} bytes on the device before, ${used[0]} after the first, ${used.at(-1)} after the ` +
      `last, ${bytes} when cleared (${short(peakBytes / 2 ** 20)} MiB at the peak)`,
  );
  engine.dispose();
  environment.release();
}

// Top-level await, because the loader closes after the module is loaded.
await measurePage();
await measureLeaks();
