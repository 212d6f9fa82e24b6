import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeEnvironment } from '../src/engine/node';
import { Engine } from '../src/engine/engine';
import { folders, sourceOf } from '../src/cli/folders';
import { racePreset } from '../src/recipe/race';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { parseRecipe } from '../src/upscale/recipe';
import { pageWidth, violationsInBothThemes } from './accessible';
import { launch, open, type Opened } from './browser';
import { readZip } from './zip';

const SHIPPED = 'public/models/interlayer-fairy-1.7m';
const STEPS = 12;
const TRAINING = { ...DEFAULT_RECIPE.training, steps: STEPS, batch: 2, context: 32 };
const HASH = `#tab=train&race=count&without=4&minutes=off&train-steps=${STEPS}&batch=2&context=32`;
const ARMS = ['1', '2'];

/** Returns the first tale of each domain, by the label of its field. */
async function evaluationTexts() {
  const first = async (name: string, file: string) => ({
    name,
    content: (await readFile(`public/corpus/${file}`, 'utf8')).split('***')[0] ?? '',
  });
  return {
    'New domain, held out': await first('science.txt', 'observatory-heldout.txt'),
    'Old domain, held out': await first('fairy.txt', 'fairy-heldout.txt'),
  };
}

describe('the Train stage', () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let folder: string;
  beforeAll(async () => {
    browser = await launch();
    opened = await open(browser, { hash: HASH });
    ({ page } = opened);
    folder = await mkdtemp(join(tmpdir(), 'interlayer-trained-'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const row = (arm: string): Locator => page.locator(`tr[data-arm="${arm}"]`);
  const heldout = (arm: string): Promise<string> => row(arm).locator('td[data-column=heldout]').innerText();
  const status = (words: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: words }).waitFor({ timeout: 120_000 });

  it('says what a race would take before it starts, and scales a preset to the time there is', async () => {
    await page.getByText(/2 arms × 1 seed × 12 steps of 64 tokens/).waitFor({ timeout: 60_000 });
    await page.getByText(/no difference between arms can be told from chance/).waitFor();
    await page.getByText(/on the device while the arms train in turn/).waitFor();
    await page.getByLabel('Budget').selectOption('minutes');
    const steps = async (): Promise<number> =>
      Number(
        (/(\d[\d,]*) steps of/.exec(await page.locator('.race-forecast').innerText())?.[1] ?? '').replace(
          ',',
          '',
        ),
      );
    await expect.poll(steps).toBeGreaterThan(STEPS);
    const five = await steps();
    await page.getByLabel('Minutes').fill('10');
    await expect.poll(steps).toBeGreaterThan(1.8 * five);
    await expect.poll(() => page.url()).toMatch(/minutes=10/);
    await page.getByLabel('Budget').selectOption('steps');
    await page.getByLabel('Measured').selectOption('twice: start and end');
    await page.getByText(/every arm is measured 2 times/).waitFor();
    await expect.poll(() => page.url()).toMatch(/measured=2/);
  });

  it('undoes what was changed last, be it a setting of the race, of the training or a block', async () => {
    const undo = () => page.keyboard.press('Control+z');
    // “How many” sets the gaps itself, and says so; they can be changed all the same.
    const note = page.locator('.ignored-note');
    expect(await note.innerText()).toMatch(/set method, gaps, zero start, parents and seed themselves/);
    await page.getByText('Optimiser, batches and what learns').click();
    await page.getByRole('button', { name: 'Bottom' }).click();
    await page.getByLabel('Schedule').selectOption('warm-up, then cosine');
    await page.getByLabel('Equal in').selectOption('compute');
    await page.getByRole('heading', { name: 'Train the new blocks' }).click();
    await undo();
    await expect.poll(() => page.getByLabel('Equal in').inputValue()).toBe('tokens');
    await undo();
    await expect.poll(() => page.getByLabel('Schedule').inputValue()).toBe('wsd');
    await undo();
    const top = page.getByRole('button', { name: 'Top', exact: true });
    await expect.poll(() => top.getAttribute('aria-pressed')).toBe('true');
    await undo();
    await expect.poll(() => page.getByLabel('Measured').inputValue()).toBe('auto');
    await page.getByRole('button', { name: 'Arms of your own' }).click();
    await expect.poll(() => note.count()).toBe(0);
    await undo();
    await note.waitFor();
    await page.getByText('Optimiser, batches and what learns').click();
  });

  it('refuses numbers out of range, texts that are too short and pairs that are none, and says what is expected', async () => {
    await page.getByText('Optimiser, batches and what learns').click();
    await page.getByLabel('Learning rate', { exact: true }).fill('2');
    await page.getByText('Expected a number above 0 to 1; got “2”.').waitFor();
    await page.getByLabel('Learning rate', { exact: true }).fill('0.001');
    await page.getByLabel('Learns from, file').setInputFiles({
      name: 'short.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Once upon a time.'),
    });
    await page.getByRole('alert').filter({ hasText: 'expected a text of at least 33 tokens' }).waitFor();
    expect(await page.getByRole('button', { name: 'Start the race' }).isDisabled()).toBe(true);
    await page.getByLabel('Learns from', { exact: true }).selectOption('shipped');
    await page.getByLabel('Steps on instructions').fill('2');
    await page.getByLabel('Then from instructions, file').setInputFiles({
      name: 'pairs.jsonl',
      mimeType: 'application/json',
      buffer: Buffer.from('{"instruction": "a", "response": "b"}\n{"instruction": "only"}\n'),
    });
    await page.getByRole('alert').filter({ hasText: 'pairs.jsonl, line 2' }).waitFor();
    await page.getByLabel('Then from instructions', { exact: true }).selectOption('shipped');
    await page.getByLabel('Steps on instructions').fill('0');
    await page.getByText(/2 arms × 1 seed × 12 steps/).waitFor();
  });

  it('starts by keyboard; the curves move while it runs', async () => {
    // Short evaluation texts, so that most of the time goes into training.
    for (const [label, text] of Object.entries(await evaluationTexts())) {
      const buffer = Buffer.from(text.content);
      await page
        .getByLabel(`${label}, file`)
        .setInputFiles({ name: text.name, mimeType: 'text/plain', buffer });
    }
    await page.getByText(/science.txt: .* windows/).waitFor();
    await page.getByRole('button', { name: 'Start the race' }).press('Enter');
    await status('training');
    const losses = page.locator('svg path[d*="L"]');
    await expect.poll(() => losses.count(), { timeout: 60_000 }).toBeGreaterThan(0);
    const drawn = (): Promise<string> => page.getByRole('main').locator('svg').first().innerHTML();
    const before = await drawn();
    await expect.poll(drawn, { timeout: 60_000 }).not.toBe(before);
    await page.getByText(/About \d+ (s|min) left, measuring included/).waitFor();
  });

  it('says what leaving would lose, and asks before it', async () => {
    await page
      .getByText(/Leaving the page now loses \d+ steps? of [12] arms?, which are not stored/)
      .waitFor();
    const asked = page.waitForEvent('dialog');
    const left = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await left;
    await page
      .getByRole('region', { name: 'Notices' })
      .getByText(/still running/)
      .waitFor();
  });

  it('pauses, survives a reload, and goes on to the numbers of an unbroken run', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    await status('paused');
    const steps = await row('1').locator('td').nth(6).innerText();
    await page.reload();
    await status('paused');
    expect(await row('1').locator('td').nth(6).innerText()).toBe(steps);
    await page.getByRole('button', { name: 'One step' }).click();
    await status('paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await status('finished');

    const engine = new Engine(new NodeEnvironment(folders));
    await engine.run('start', { backend: 'cpu' });
    const { layers } = await engine.run('open', { source: await sourceOf(SHIPPED) });
    const { 'New domain, held out': domain, 'Old domain, held out': retention } = await evaluationTexts();
    const train = {
      name: 'tales.txt',
      content: await readFile('public/corpus/observatory-train.txt', 'utf8'),
    };
    const texts = { train, heldout: domain, retention };
    const { arms } = racePreset(
      'count',
      parseRecipe({ ...DEFAULT_RECIPE, training: TRAINING }),
      layers,
      String,
    );
    for (const id of ARMS) {
      const recipe = arms.find((arm) => arm.id === id)?.recipe ?? DEFAULT_RECIPE;
      const result = await engine.run('train', { arm: id, recipe, texts });
      const last = result.evaluations.at(-1);
      expect(await heldout(id)).toBe(last?.heldout?.toFixed(4));
      expect(await row(id).locator('td[data-column=retention]').innerText()).toBe(
        last?.retention?.toFixed(4),
      );
    }
    engine.dispose();
  });

  it('says what the race shows and does not show, and saves it as figures and numbers', async () => {
    await page.getByText(/With one seed the spread between seeds is not known/).waitFor();
    const saved = async (name: string): Promise<string> => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name }).click(),
      ]);
      return readFile(await file.path(), 'utf8');
    };
    const csv = (await saved('Numbers as CSV')).trim().split('\r\n');
    expect(csv.length).toBeGreaterThan(2 * 5);
    const [head = '', last = ''] = [csv[0], csv.at(-1)];
    const column = head.split(',').indexOf('held-out loss');
    expect(Number(last.split(',')[column]).toFixed(4)).toBe(await heldout('2'));
    const json = JSON.parse(await saved('Everything as JSON')) as { runs: { losses: number[] }[] };
    expect(json.runs.map(({ losses }) => losses.length)).toEqual([STEPS, STEPS]);
    const svg = await saved('Curves as SVG');
    expect(svg).toMatch(/^<\?xml[^]*<\/svg>/);
    expect(svg).not.toMatch(/NaN|Infinity/);
    const link = await page.getByRole('link', { name: 'Link to this recipe' }).getAttribute('href');
    expect(link).toMatch(/race=count.*without=4.*minutes=off/);
  });

  it('has no accessibility violation, in light and dark, and no sideways scroll at 390 px', async () => {
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await pageWidth(page)).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('exports a trained arm, which opens again, and can be prompted', async () => {
    await page.getByRole('button', { name: 'Export 2 new blocks' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export checkpoint' });
    await dialog.getByText('12 of 12 steps').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      dialog.getByRole('button', { name: 'Download .zip' }).click(),
    ]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    const files = readZip(await readFile(await file.path()));
    const paths: string[] = [];
    for (const [name, bytes] of files) {
      const path = join(folder, name.split('/').at(-1) ?? name);
      await writeFile(path, bytes);
      paths.push(path);
    }
    const before = await heldout('2');
    await page.getByLabel('Model files').setInputFiles(paths);
    await page.getByRole('banner').getByText(/10 → /).waitFor({ timeout: 60_000 });
    // The page says that the race is of another model; its numbers stay.
    await page.getByText(/which is not the model that is open/).waitFor();
    expect(await heldout('2')).toBe(before);
    await page.getByRole('tab', { name: 'Try' }).click();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('Once upon a time');
    await page.getByRole('button', { name: 'Generate' }).click();
    await expect
      .poll(() => page.locator('.try').innerText(), { timeout: 60_000 })
      .toMatch(/tokens\/s|tokens a second/);
  });

  it('says nothing on the console', () => {
    expect(opened.complaints).toEqual([]);
  });
});
