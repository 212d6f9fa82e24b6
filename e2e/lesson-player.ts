import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How a person works the page. */
export type By = 'keyboard' | 'mouse';

/** What one step showed when it was done. */
export interface PlayedStep {
  readonly title: string;
  /** Readings in the text of what was seen, as written there. */
  readonly numbers: readonly {
    readonly name: string;
    readonly text: string;
    /** Number of the step whose value it is, if that is an earlier one. */
    readonly step?: number;
  }[];
  /** The page's address then. */
  readonly fragment: string;
}

/** Most presses of Tab to reach a control. */
const MOST_TABS = 400;
/** Most presses of Show me that a step may need; activities do one thing at each. */
const MOST_PRESSES = 40;

/** Goes to a control by Tab alone. */
async function tabTo(page: Page, control: Locator, timeout = 30_000): Promise<void> {
  const target = await control.elementHandle({ timeout });
  for (let presses = 0; presses < MOST_TABS; presses++) {
    const at = await page.evaluate(
      (element) => ({ reached: document.activeElement === element, gone: element?.isConnected !== true }),
      target,
    );
    if (at.reached) return;
    if (at.gone) throw new Error(`Expected ${String(control)} to stay until Tab reaches it, it went away.`);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Expected ${String(control)} within ${MOST_TABS} presses of Tab, never reached it.`);
}

export async function press(page: Page, by: By, control: Locator, timeout = 30_000): Promise<void> {
  await control.waitFor({ timeout });
  if (by === 'mouse') return control.click({ timeout });
  await tabTo(page, control, timeout);
  await page.keyboard.press('Enter');
}

/** Makes a prediction, if the step asks for one: the second answer, or a value right of the middle. */
async function predict(page: Page, by: By, lesson: Locator): Promise<void> {
  const answers = lesson.locator('.prediction input[type=radio]:enabled');
  const slider = lesson.locator('.prediction input[type=range]');
  if ((await answers.count()) > 0) {
    if (by === 'mouse') await answers.nth(1).check();
    else {
      await tabTo(page, answers.first());
      await page.keyboard.press('ArrowDown');
    }
  } else if ((await slider.count()) > 0) {
    if (by === 'mouse') await slider.click();
    else {
      await tabTo(page, slider);
      await page.keyboard.press('ArrowRight');
    }
    await press(page, by, slider.locator('xpath=..').locator('button.button'));
  }
}

/** Waits until the step is done, pressing Show me as long as it is offered. */
async function finishStep(page: Page, by: By, lesson: Locator): Promise<void> {
  const next = lesson.locator('.step-buttons .button.primary:not([aria-disabled])');
  const showMe = lesson.locator('.todo > .row > button.button');
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    if ((await next.count()) > 0) return;
    if ((await showMe.count()) > 0 && (await lesson.locator('.todo .busy').count()) === 0)
      // What an earlier press began may finish the step on the way to the button.
      await press(page, by, showMe, 3000).catch(async (error: unknown) => {
        if ((await next.count()) === 0) throw error;
      });
    await next.waitFor({ timeout: presses === 0 ? 1500 : 1000 }).catch(() => undefined);
    if ((await lesson.locator('.todo .busy').count()) > 0) await next.waitFor({ timeout: 180_000 });
  }
  await next.waitFor({ timeout: 1000 });
}

/**
 * The address once it has followed the state, which it does after a rest of 250 ms. The page waits here, not the test: on a busy
 * machine only its own timers are sure to come in that order.
 */
const settledFragment = (page: Page): Promise<string> =>
  page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(location.hash), 300)));

interface PlayOptions {
  readonly by: By;
  /** Called when a step is done, before the next one. */
  readonly onStep?: (step: PlayedStep, index: number) => Promise<void>;
}

/**
 * Plays the lesson or tour on show from its first step to its end.
 * @returns what its steps showed.
 */
export async function play(page: Page, { by, onStep }: PlayOptions): Promise<PlayedStep[]> {
  const lesson = page.locator('.lesson, .tour-card');
  await lesson.waitFor();
  const [, steps = '0'] = /\d+\D+(\d+)/.exec(await lesson.locator('.kicker').innerText()) ?? [];
  const played: PlayedStep[] = [];
  for (let index = 0; index < Number(steps); index++) {
    await expect
      .poll(() => lesson.locator('.kicker').innerText())
      .toMatch(new RegExp(`^\\D*${index + 1}\\D`));
    await predict(page, by, lesson);
    await finishStep(page, by, lesson);
    const numbers = await lesson.locator('.seen [data-reading]').evaluateAll((marks) =>
      marks.map((mark) => {
        const { reading = '', ofStep } = (mark as HTMLElement).dataset;
        const number = { name: reading, text: mark.textContent ?? '' };
        return ofStep === undefined ? number : { ...number, step: Number(ofStep) };
      }),
    );
    const title = await lesson.locator('h3').innerText();
    const step = { title, numbers, fragment: await settledFragment(page) };
    const readings = await lesson.locator('[data-reading]').allInnerTexts();
    expect(
      readings.filter((text) => /^(…|)$|NaN|undefined|not a number/.test(text)),
      title,
    ).toEqual([]);
    played.push(step);
    await onStep?.(step, index);
    await press(page, by, lesson.locator('.step-buttons .button.primary'));
  }
  await lesson.waitFor({ state: 'detached' });
  return played;
}
