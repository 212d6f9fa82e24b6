import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowOf, isLayout, type Method } from '../src/upscale/contract/method';
import { METHODS } from '../src/upscale/methods';
import { launch, open, type Opened } from './browser';

const FIELDS = {
  epsilon: 'ε, the entropic regularisation',
  spread: 'ε as a share of the cost’s spread',
  alpha: 'α, share of the previous block',
  seed: /^Seed/,
  parents: 'Previous block of gap 6|7',
  next: 'Next block of gap 6|7',
  switches: 'Rotate queries and keys',
  solver: 'Solver',
  cost: 'Cost between rows',
  slices: 'Slices',
  zero: 'Zero start',
} as const;
type Field = keyof typeof FIELDS;

/** Returns the fields that a method's panel must show, by the recipe fields that the method declares to read. */
function fieldsOf(method: Method): Field[] {
  const { reads } = method;
  const flow = flowOf(method);
  const soft = flow?.plan === 'entropic';
  const rule = flow?.epsilon === 'relative' ? 'spread' : 'epsilon';
  const offered: Readonly<Record<Field, boolean>> = {
    epsilon: soft && rule === 'epsilon',
    spread: soft && rule === 'spread',
    alpha: reads.includes('alpha'),
    // An exact plan has no random start, and so no seed.
    seed: reads.includes('seed') && (flow === undefined || soft),
    parents: reads.includes('parents'),
    next: !isLayout(method) && method.parents === 'pair',
    switches: reads.includes('structured'),
    solver: reads.includes('solver'),
    cost: reads.includes('cost'),
    slices: reads.includes('slices'),
    zero: true,
  };
  return (Object.keys(offered) as Field[]).filter((field) => offered[field]);
}

describe('the method panel', () => {
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  beforeAll(async () => {
    browser = await launch();
    // Done on Compare, where choosing a method solves nothing.
    opened = await open(browser, { hash: '#tab=compare' });
    ({ page } = opened);
    await page.getByText('8 → 12 blocks').waitFor();
  });
  afterAll(() => browser.close());

  it('opens every method with the fields it reads', async () => {
    const panel = page.getByRole('region', { name: 'Method', exact: true });
    for (const method of METHODS) {
      await panel.getByRole('combobox', { name: 'Method' }).selectOption(method.id);
      await panel.locator('p code', { hasText: method.id }).first().waitFor();
      await panel.locator('details').evaluateAll((all) => {
        for (const details of all) (details as HTMLDetailsElement).open = true;
      });
      const offered: Field[] = [];
      for (const [field, label] of Object.entries(FIELDS) as [Field, string | RegExp][])
        if (await panel.getByLabel(label, { exact: true }).first().isVisible()) offered.push(field);
      expect(offered.toSorted(), method.id).toEqual(fieldsOf(method).toSorted());
    }
  });

  it('offers what each solver reads', async () => {
    const panel = page.getByRole('region', { name: 'Method', exact: true });
    await panel.getByRole('combobox', { name: 'Method' }).selectOption('opt-deus:paper');
    const fields = async (solver: string): Promise<boolean[]> => {
      await panel.getByLabel('Solver', { exact: true }).selectOption(solver);
      return Promise.all(
        ['ρ, strength of the marginals', 'Schedule', FIELDS.epsilon].map((label) =>
          panel.getByLabel(label).isVisible(),
        ),
      );
    };
    await panel.locator('summary', { hasText: 'Solver and cost' }).click();
    expect(await fields('sinkhorn')).toEqual([false, false, true]);
    expect(await fields('unbalanced')).toEqual([true, false, true]);
    expect(await fields('progot')).toEqual([false, true, true]);
    expect(await fields('exact')).toEqual([false, false, false]);
  });

  it('says why a recipe cannot be carried out, before anything runs', async () => {
    const panel = page.getByRole('region', { name: 'Method', exact: true });
    await panel.getByRole('combobox', { name: 'Method' }).selectOption('passthrough');
    await panel.getByLabel('Slices').fill('0-6,2-99');
    await expect.poll(() => panel.getByRole('alert').innerText()).toMatch(/expected[^]*99/i);
    await panel.getByLabel('Slices').fill('0-6,2-8');
    await expect.poll(() => panel.getByRole('alert').count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });
});
