import { expect, it } from 'vitest';
import { visits } from './visits';

const { visit } = visits();

/** A link with much of what could cost something: a large race, all measures, long texts. */
const FIELDS = [
  'method=lesa&gaps=1,3,5&train-steps=100000&batch=64&context=512&features=activations',
  'race=alignment&seeds=9&minutes=off&comparison=methods&depth=ablations&tokens=2048',
  'prompt=Go&max-tokens=20&panes=both&ribbons=1&describe=1&neuron=1&kernel=cost',
].join('&');

/** Jobs that take long, write files, or are what somebody has to ask for. */
const COSTLY: ReadonlySet<string> = new Set(
  'train prepareTraining bringTraining keepTraining evaluateStart export save generate probe evaluate lookUp'.split(
    ' ',
  ),
);

it('a link begins no training, export, evaluation or generation, on any tab', async () => {
  const page = await visit({ hash: `#${FIELDS}` });
  await page.addInitScript(() => {
    const jobs = new Set<string>();
    Object.assign(globalThis, { jobs });
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: { name?: string }, ...rest: unknown[]) {
      if (typeof message?.name === 'string') jobs.add(message.name);
      (post as (...all: unknown[]) => void).call(this, message, ...rest);
    };
  });
  await page.reload();
  const jobs = () => page.evaluate(() => [...(globalThis as unknown as { jobs: Set<string> }).jobs]);
  await expect.poll(jobs, { timeout: 20_000 }).toContain('align');
  for (const tab of ['Map', 'Compare', 'Train', 'Try', 'Align']) {
    await page.evaluate((hash) => void (location.hash = hash), `#tab=${tab.toLowerCase()}&${FIELDS}`);
    await page.getByRole('tab', { selected: true, name: tab }).waitFor();
    await page.waitForTimeout(500);
  }
  expect((await jobs()).filter((name) => COSTLY.has(name))).toEqual([]);
  await page.getByRole('tab', { name: 'Try' }).click();
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await expect.poll(jobs, { timeout: 20_000 }).toContain('generate');
});
