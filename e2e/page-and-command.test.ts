import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { SavedResult } from '../src/app/store/state/evaluations';
import { main } from '../src/cli/main';
import { visits } from './visits';

const MODEL = 'public/models/interlayer-fairy-1.7m';
const TOKENS = 128;
/** Arms of the table "is it alignment?": a control, entropic and exact plans, zeroed and not. */
const ARMS = ['half-next:kept', 'paper:zero', 'paper:kept', 'hard:kept', 'structured-exact:kept'];
/** Page and command do not depend on the backend, and a software adapter takes a minute for the plans of an arm. */
const BACKEND = 'cpu';

/** A row of the table as the command prints it; `null` stands for NaN. */
interface Row {
  readonly arm: string;
  readonly title: string;
  readonly loss: number;
  readonly perplexity: number;
  readonly maxLogitDifference: number;
  readonly meanPlanPerplexityShare: Readonly<Record<string, number>>;
  readonly notConverged: number;
  readonly layers: number;
  readonly parameters: number;
}

async function command(): Promise<Row[]> {
  const [out, err]: [string[], string[]] = [[], []];
  const line = `compare ${MODEL} --preset alignment --arms ${ARMS.join(',')} --tokens ${TOKENS} --backend ${BACKEND} --json`;
  const code = await main(line.split(' '), {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    isTTY: false,
    base: process.cwd(),
  });
  expect({ code, err }).toEqual({ code: 0, err: [] });
  return (JSON.parse(out.join('')) as { rows: Row[] }).rows;
}

const { visit } = visits();

/** Reads the page's saved results, by title. */
async function savedResults(page: Page): Promise<Map<string, SavedResult>> {
  const text = await page.evaluate(() => localStorage.getItem('interlayer-results'));
  const { results } = JSON.parse(text ?? '{}') as { results: SavedResult[] };
  return new Map(results.map((result) => [result.title, result]));
}

it('the page and the command fill the same table, equal to rounding', async () => {
  const page = await visit({ hash: `#tab=compare&arms=alignment&tokens=${TOKENS}`, backend: BACKEND });
  await page.getByRole('button', { name: 'none', exact: true }).click();
  await page.getByRole('button', { name: /zeroed arms, equal to the base/ }).click();
  for (const arm of ARMS) await page.locator(`tr[data-arm="${arm}"]`).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Evaluate all' }).click();
  await page.getByRole('button', { name: 'All evaluated' }).waitFor({ timeout: 170_000 });
  const shown = await savedResults(page);
  const rows = await command();
  expect(rows.map(({ arm }) => arm).toSorted()).toEqual(['base', ...ARMS].toSorted());
  expect([...shown.keys()].toSorted()).toEqual(rows.map(({ title }) => title).toSorted());

  for (const row of rows) {
    const result = shown.get(row.title)?.result;
    expect(result, row.arm).toMatchObject({
      backend: BACKEND,
      tokens: TOKENS,
      layers: row.layers,
      parameters: row.parameters,
    });
    if (!result) continue;
    // The engines of browser and Node may differ in relaxed SIMD.
    expect(Math.abs(result.loss - row.loss), row.arm).toBeLessThan(1e-5);
    expect(Math.abs(result.perplexity / row.perplexity - 1), row.arm).toBeLessThan(1e-5);
    const difference = result.maxLogitDifference ?? 0;
    expect(Math.abs(difference - row.maxLogitDifference), row.arm).toBeLessThan(1e-3);
    expect(result.plans.filter(({ converged }) => !converged)).toHaveLength(row.notConverged);
    for (const [tensor, share] of Object.entries(row.meanPlanPerplexityShare)) {
      const plans = result.plans.filter((plan) => plan.tensor === tensor);
      const mean = plans.reduce((sum, plan) => sum + plan.planPerplexity / plan.rows, 0) / plans.length;
      expect(Math.abs(mean / share - 1), `${row.arm} ${tensor}`).toBeLessThan(1e-3);
    }
  }
}, 300_000);
