import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { pictureReady } from './browser';
import { visits } from './visits';
import { distances, numberIn, sinkhorn, weights } from './oracle';

/** A job that the page requested. */
interface PageJob {
  readonly name: string;
  readonly args: { readonly from?: { readonly key: string }; readonly halfStep?: number };
}

/** Records the jobs that the page requests from now on. */
async function watchJobs(page: Page): Promise<{ all(): Promise<PageJob[]>; forget(): Promise<void> }> {
  const jobs = await page.evaluateHandle(() => {
    const asked: PageJob[] = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: Partial<PageJob>, options?: unknown) {
      if (message.name && message.args) asked.push({ name: message.name, args: message.args });
      post.call(this, message, options as StructuredSerializeOptions);
    };
    return asked;
  });
  return {
    all: () => jobs.evaluate((asked) => asked.map(({ name, args }) => ({ name, args }))),
    forget: () => jobs.evaluate((asked) => void asked.splice(0)),
  };
}

/** Reads the numbers beside the curves, by name. */
async function readout(page: Page): Promise<Record<string, string>> {
  return page
    .locator('.timeline-numbers > div')
    .evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector('dt')?.textContent ?? '',
          row.querySelector('dd')?.textContent ?? '',
        ]),
      ),
    );
}

const showsHalfStep = (page: Page, halfStep: number) =>
  page.locator(`figure[data-state=ready][data-half-step="${halfStep}"]`).waitFor();

describe('the solve as a film', () => {
  const { start } = visits({ motion: true });
  let cost: Float64Array[];
  beforeAll(async () => {
    const [a, b] = await Promise.all([6, 7].map((block) => weights('self_attn.q_proj', block, 128)));
    cost = distances(a ?? [], b ?? []);
  });

  it('steps by mouse, and after every half-step has the numbers of a solve in double precision', async () => {
    const page = await start();
    const [, last = ''] = (await readout(page))['rows scaled']?.split(' / ') ?? [];
    expect(Number(last)).toBeGreaterThan(10);
    await page.getByRole('button', { name: 'Half-step back' }).click();
    await showsHalfStep(page, Number(last) - 1);
    expect((await readout(page))['columns scaled']).toBe(`${Number(last) - 1} / ${last}`);
    await page.getByRole('button', { name: 'To the start' }).click();
    await showsHalfStep(page, 0);
    expect((await readout(page))['start']).toBe(`0 / ${last}`);
    for (const halfStep of [1, 2, 3, 4]) {
      await page.getByRole('button', { name: 'Half-step forward' }).click();
      await showsHalfStep(page, halfStep);
      await expect.poll(async () => (await readout(page))['transport cost'] ?? '').toMatch(/\d/);
      const shown = await readout(page);
      expect(shown[halfStep % 2 === 1 ? 'columns scaled' : 'rows scaled']).toBe(`${halfStep} / ${last}`);
      const reference = sinkhorn(cost, 0.06, halfStep);
      expect(numberIn(shown['transport cost'] ?? '') / reference.transportCost).toBeCloseTo(1, 3);
      expect(numberIn(shown['plan perplexity'] ?? '') / reference.planPerplexity).toBeCloseTo(1, 2);
      // A column half-step meets its marginal, so the page keeps showing the error before it.
      const before = halfStep % 2 === 1 ? sinkhorn(cost, 0.06, halfStep - 1) : reference;
      if (halfStep > 1) expect(numberIn(shown['error'] ?? '') / before.error).toBeCloseTo(1, 1);
    }
  });

  it('plays, pauses and scrubs by keyboard, at the chosen speed, and the link keeps both', async () => {
    const page = await start();
    await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '1/4 ×' });
    await page.getByRole('main').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('k');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(async () => Object.values(await readout(page))[0] ?? '').toMatch(/^[2-9] /);
    await page.keyboard.press('k');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    const paused = Number((Object.values(await readout(page))[0] ?? '').split(' ')[0]);
    await showsHalfStep(page, paused);
    await page.keyboard.press('.');
    await showsHalfStep(page, paused + 1);
    await page.keyboard.press(',');
    await page.keyboard.press(',');
    await showsHalfStep(page, paused - 1);
    const slider = page.getByRole('slider', { name: 'Half-step' });
    await slider.focus();
    await page.keyboard.press('Home');
    await showsHalfStep(page, 0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await showsHalfStep(page, 3);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^half-step 3 of \d+, columns scaled$/);
    await expect.poll(() => page.url()).toMatch(/step=3/);
    expect(page.url()).toMatch(/speed=0\.25/);
    const { hash } = new URL(page.url());

    const again = await start({ hash });
    await showsHalfStep(again, 3);
    expect(await again.getByRole('combobox', { name: 'Speed' }).inputValue()).toBe('0.25');
  });

  it('replays what was shown without asking again, scrubs on the curve, and rests when nothing is left', async () => {
    const page = await start();
    const jobs = await watchJobs(page);
    const slider = page.getByRole('slider', { name: 'Half-step' });
    for (const halfStep of [9, 6, 3]) {
      await slider.fill(String(halfStep));
      await showsHalfStep(page, halfStep);
    }
    await jobs.forget();
    for (const halfStep of [6, 9, 3, 6]) {
      await slider.fill(String(halfStep));
      await showsHalfStep(page, halfStep);
    }
    // Pictures of neighbouring half-steps may be fetched, but none that was already shown.
    const pictures = (await jobs.all()).filter(({ name }) => name === 'picture');
    expect(pictures.filter(({ args }) => [3, 6, 9].includes(args.halfStep ?? NaN))).toEqual([]);

    const curve = await page.locator('.curve').boundingBox();
    if (!curve) throw new Error('no curve');
    await page.mouse.move(curve.x + curve.width - 9, curve.y + 20);
    await page.mouse.down();
    await page.mouse.move(curve.x + curve.width / 2, curve.y + 20, { steps: 4 });
    await page.mouse.move(curve.x + 1, curve.y + 20, { steps: 4 });
    await page.mouse.up();
    await showsHalfStep(page, 0);

    await page.getByRole('button', { name: 'To the end' }).click();
    await pictureReady(page);
    // The curves are completed while no other job is requested; after that there are no more jobs.
    await expect
      .poll(
        async () => {
          await jobs.forget();
          await page.waitForTimeout(900);
          return (await jobs.all()).map(({ name }) => name);
        },
        { timeout: 30_000 },
      )
      .toEqual([]);
  });

  it('solves on from its potentials while ε is dragged, as one step back, to the plan of that ε', async () => {
    const page = await start();
    const jobs = await watchJobs(page);
    const slider = page.getByRole('slider', { name: /ε/ });
    const field = page.getByLabel('ε, the entropic regularisation');
    const undo = page.getByRole('button', { name: 'Undo' });
    const box = await slider.boundingBox();
    if (!box) throw new Error('no slider');
    const at = (part: number) => box.x + 8 + part * (box.width - 16);
    await page.mouse.move(at(0.593), box.y + box.height / 2);
    await page.mouse.down();
    for (const part of [0.62, 0.66, 0.7, 0.75]) {
      await page.mouse.move(at(part), box.y + box.height / 2);
      await page.waitForTimeout(120);
    }
    await expect
      .poll(async () => (await jobs.all()).filter(({ name }) => name === 'align').length)
      .toBeGreaterThan(0);
    // Nothing is applied while the slider is held.
    expect(await field.inputValue()).toBe('0.06');
    expect(await undo.isDisabled()).toBe(true);
    await page.mouse.up();
    await pictureReady(page);
    const aligns = (await jobs.all()).filter(({ name }) => name === 'align');
    expect(aligns.every(({ args }) => args.from !== undefined)).toBe(true);
    const epsilon = Number(await field.inputValue());
    expect(epsilon).toBeGreaterThan(0.12);
    const reference = sinkhorn(cost, epsilon, 200);
    const spread = async () => numberIn((await readout(page))['plan perplexity'] ?? '');
    expect((await spread()) / reference.planPerplexity).toBeCloseTo(1, 2);

    await jobs.forget();
    await page.getByRole('button', { name: 'solve from scratch' }).click();
    await page.getByRole('button', { name: 'solve from scratch' }).waitFor({ state: 'detached' });
    await pictureReady(page);
    expect((await jobs.all()).find(({ name }) => name === 'align')?.args.from).toBeUndefined();
    expect((await spread()) / reference.planPerplexity).toBeCloseTo(1, 2);

    await undo.click();
    expect(await field.inputValue()).toBe('0.06');
    expect(await undo.isDisabled()).toBe(true);
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => Number(await field.inputValue())).toBeLessThan(0.06);
    await pictureReady(page);
    expect(await undo.isEnabled()).toBe(true);
  });
});
