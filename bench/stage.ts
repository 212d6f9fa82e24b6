import type { Page } from 'playwright-core';
import { median } from './median';

/** A view with many half-steps, because ε is small. */
const MANY_HALF_STEPS = '#tensor=gate&eps=0.01';
const FRAMES = 120;
const SWITCHES = 9;

/** Times of the Align stage, in milliseconds. */
interface StageTimes {
  /** From a key press to the complete picture of another tensor or gap that was solved before. */
  readonly tensor: number;
  readonly gap: number;
  /** Frame times while scrubbing: median, 90th percentile, longest. */
  readonly frame: readonly [median: number, most: number, longest: number];
  /** Number of half-steps that are scrubbed. */
  readonly halfSteps: number;
}

/** Presses a key and waits until the requested picture is complete. Returns the milliseconds. */
export function pressAndWait(page: Page, key: string, caption: string): Promise<number> {
  return page.evaluate(
    async ([name, words]) => {
      const start = performance.now();
      dispatchEvent(new KeyboardEvent('keydown', { key: name as string }));
      const done = () => {
        const figure = document.querySelector<HTMLElement>('figure.picture');
        const { state, stale } = figure?.dataset ?? {};
        const what = `${figure?.innerText} ${figure?.querySelector('.cells')?.getAttribute('aria-label')}`;
        return state === 'ready' && stale === 'false' && what.includes(words as string);
      };
      while (!done()) await new Promise(requestAnimationFrame);
      return performance.now() - start;
    },
    [key, caption],
  );
}

/** Switches between solved tensors and gaps, then scrubs half-steps of 384 × 384. The page must show q of the top gap. */
export async function measureStage(page: Page, address: string): Promise<StageTimes> {
  // Visit all of them once, so that they are solved.
  await pressAndWait(page, '2', 'of k');
  await pressAndWait(page, '[', 'of block 5,');
  await pressAndWait(page, '1', 'of q');
  await pressAndWait(page, ']', 'of block 6,');
  const tensors: number[] = [];
  const gaps: number[] = [];
  for (let i = 0; i < SWITCHES; i++) {
    tensors.push(await pressAndWait(page, i % 2 === 0 ? '2' : '1', i % 2 === 0 ? 'of k' : 'of q'));
    await page.waitForTimeout(200);
  }
  for (let i = 0; i < SWITCHES; i++) {
    gaps.push(await pressAndWait(page, i % 2 === 0 ? '[' : ']', i % 2 === 0 ? 'of block 5,' : 'of block 6,'));
    await page.waitForTimeout(200);
  }

  await page.goto('about:blank');
  await page.goto(address + MANY_HALF_STEPS);
  await page.locator('figure[data-state=ready]').waitFor({ timeout: 60_000 });
  const halfSteps = Number(await page.getByRole('slider', { name: 'Half-step' }).getAttribute('max'));
  const scrub = () =>
    page.evaluate(async (count) => {
      const key = (name: string) => dispatchEvent(new KeyboardEvent('keydown', { key: name }));
      const intervals: number[] = [];
      let last = await new Promise(requestAnimationFrame);
      for (let frame = 0; frame < count; frame++) {
        key(frame < count / 2 ? ',' : '.');
        const now = await new Promise(requestAnimationFrame);
        intervals.push(now - last);
        last = now;
      }
      return intervals.toSorted((a, b) => a - b);
    }, FRAMES);
  await scrub();
  // The first scrub has filled the cache, so only the second is measured.
  const intervals = await scrub();
  return {
    tensor: median(tensors),
    gap: median(gaps),
    frame: [median(intervals), intervals[Math.floor(0.9 * intervals.length)] ?? NaN, intervals.at(-1) ?? NaN],
    halfSteps,
  };
}
