import { pageWidth, violationsInBothThemes } from './accessible';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectedPair, pictureReady } from './browser';
import { visits } from './visits';
import type { Reference } from './oracle';
import { distances, numberIn, sinkhorn, transposed, weights } from './oracle';

const inspector = (page: Page) => page.getByRole('complementary', { name: 'Pair' });

/** Enough half-steps for the plan to agree with a converged one in all digits that the page shows. */
const CONVERGED = 60;

/** Returns the indices of the largest values (sign −1: the smallest), best first. */
const best = (values: readonly number[], count: number, sign: 1 | -1 = 1): number[] =>
  [...values.keys()].toSorted((i, j) => sign * ((values[j] ?? 0) - (values[i] ?? 0))).slice(0, count);

/** Returns the rank of an index, from 1, by rising value. */
const rank = (values: ArrayLike<number>, index: number): number =>
  Array.from(values).filter((value) => value < (values[index] ?? NaN)).length + 1;

describe('one pair', () => {
  const { start } = visits();
  let cost: Float64Array[];
  let plan: Reference;
  const indices = Array.from({ length: 128 }, (_, i) => i);
  beforeAll(async () => {
    const [a, b] = await Promise.all([6, 7].map((block) => weights('self_attn.q_proj', block, 128)));
    cost = distances(a ?? [], b ?? []);
    plan = sinkhorn(cost, 0.06, CONVERGED);
  });

  it('has the formula and the five best partners of the plan, and clicking one goes there', async () => {
    const page = await start({ hash: '#cell=40.93' });
    expect(await selectedPair(page)).toBe('40 → 93');
    const text = await page.getByRole('group', { name: 'Formula of this cell' }).innerText();
    const [f = '', g = '', distance = ''] =
      /exp\(\((\S+) [+−] (\S+) − (\S+)\)\/0\.06\)/.exec(text)?.slice(1) ?? [];
    expect(numberIn(distance)).toBeCloseTo(cost[40]?.[93] ?? NaN, 3);
    // f and g are unique only up to a constant, added to one and subtracted from the other.
    const sum = (plan.f[40] ?? NaN) + (plan.g[93] ?? NaN);
    const sign = new RegExp(`${f.replace('.', String.raw`\.`)} −`).test(text) ? -1 : 1;
    expect(numberIn(f) + sign * numberIn(g)).toBeCloseTo(sum, 2);
    const mass = /= (\S+)\s*$/.exec(text.trim())?.[1] ?? '';
    expect(numberIn(mass) / plan.mass(40, 93)).toBeCloseTo(1, 1);

    const partners = async (title: string) =>
      page.locator('.partners', { hasText: title }).getByRole('button').allInnerTexts();
    const names = (texts: string[]) => texts.map((words) => Number(/\d+/.exec(words)?.[0]));
    const ofRow = best(
      indices.map((j) => plan.mass(40, j)),
      5,
    );
    expect(names(await partners('Best partners of row 40'))).toEqual(ofRow);
    expect(names(await partners('Best partners of column 93'))).toEqual(
      best(
        indices.map((i) => plan.mass(i, 93)),
        5,
      ),
    );

    await page.locator('.partners', { hasText: 'row 40' }).getByRole('button').first().click();
    expect(await selectedPair(page)).toBe(`40 → ${ofRow[0]}`);
    // The pin moved with the selection, so the link has the new cell.
    await expect.poll(() => page.url()).toMatch(new RegExp(`cell=40\\.${ofRow[0]}`));
  });

  it('is moved, pinned and let go by keyboard, follows the film, and its link restores it', async () => {
    const page = await start({ hash: '#order=index' });
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+Home');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    expect(await selectedPair(page)).toBe('2 → 1');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(/cell=2\.1/);
    await page.keyboard.press(',');
    await page.locator('figure[data-state=ready]').waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'To the start' }).press('Enter');
    await page.getByRole('button', { name: 'Half-step forward' }).press('Enter');
    await page.locator('figure[data-half-step="1"]').waitFor();
    expect(await selectedPair(page)).toBe('2 → 0');
    const first = sinkhorn(cost, 0.06, 1);
    await expect
      .poll(async () => numberIn(await page.locator('.formula .value').innerText()) / first.mass(2, 0))
      .toBeCloseTo(1, 1);
    await expect.poll(() => page.url()).toMatch(/step=1.*cell=2\.0|cell=2\.0.*step=1/);
    const { hash } = new URL(page.url());
    await page.getByRole('application').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).not.toMatch(/cell=/);

    const again = await start({ hash });
    expect(await selectedPair(again)).toBe('2 → 0');
    expect(await inspector(again).getByRole('button', { name: 'pinned' }).isVisible()).toBe(true);
  });

  it('shows both rows of weights, and where they are furthest apart', async () => {
    const page = await start({ hash: '#cell=40.93' });
    await selectedPair(page);
    for (const name of [/^Weights of row 40.*block 6$/, /^Weights of column 93.*block 7$/, 'Difference'])
      expect(await page.getByRole('img', { name }).isVisible()).toBe(true);
    const [a, b] = await Promise.all([6, 7].map((block) => weights('self_attn.q_proj', block, 128)));
    const [x, y] = [a?.[40] ?? new Float64Array(), b?.[93] ?? new Float64Array()];
    const apart = Array.from(x, (value, i) => Math.abs(value - (y[i] ?? NaN)));
    const furthest = best(apart, 1)[0] ?? NaN;
    const text = await page.locator('.stripes').innerText();
    const [, input, ofRow = '', ofColumn = ''] = /input (\d+): (\S+) and (\S+)/.exec(text) ?? [];
    expect(Number(input)).toBe(furthest);
    expect(numberIn(ofRow)).toBeCloseTo(x[furthest] ?? NaN, 2);
    expect(numberIn(ofColumn)).toBeCloseTo(y[furthest] ?? NaN, 2);
    const stripe = await page.getByRole('img', { name: 'Difference' }).boundingBox();
    if (!stripe) throw new Error('no stripe');
    await page.mouse.move(stripe.x + (stripe.width * 100.5) / 128, stripe.y + 5);
    await expect.poll(() => page.locator('.stripes').innerText()).toMatch(/^input 100:/m);
  });

  it('is found in the other tensors of the MLP, and going there keeps it', async () => {
    const page = await start({ hash: '#tensor=gate&cell=10.20' });
    expect(await selectedPair(page)).toBe('10 → 20');
    const elsewhere = page.getByRole('region', { name: 'The same pair elsewhere' });
    await elsewhere.waitFor();
    const [up, down] = await Promise.all(
      (['mlp.up_proj', 'mlp.down_proj'] as const).map((tensor) =>
        Promise.all([6, 7].map((block) => weights(tensor, block, tensor === 'mlp.up_proj' ? 128 : 384))),
      ),
    );
    const expected = [
      { name: 'up', cost: distances(up?.[0] ?? [], up?.[1] ?? []) },
      { name: 'down', cost: distances(transposed(down?.[0] ?? []), transposed(down?.[1] ?? [])) },
    ];
    for (const { name, cost: apart } of expected) {
      const entry = elsewhere.getByRole('listitem').filter({ hasText: name });
      const [, distance = '', rankOfColumn, rankOfRow] =
        /([\d.]+)[^\d]*raw[^\d]*(\d+) · (\d+)/.exec(await entry.innerText()) ?? [];
      expect(numberIn(distance)).toBeCloseTo(apart[10]?.[20] ?? NaN, 3);
      expect(Number(rankOfColumn)).toBe(rank(apart[10] ?? [], 20));
      expect(Number(rankOfRow)).toBe(
        rank(
          apart.map((row) => row[20] ?? NaN),
          10,
        ),
      );
    }
    await elsewhere.getByRole('button', { name: /^up/ }).click();
    await pictureReady(page);
    expect(await selectedPair(page)).toBe('10 → 20');
    expect(await page.getByRole('button', { name: 'up', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    expect(page.url()).toMatch(/cell=10\.20/);
  });

  it('is one of the ribbons: by mouse, by key and by name, the strongest of the plan, restored by the link', async () => {
    const page = await start();
    await page.getByRole('button', { name: 'ribbons', exact: true }).click();
    const ribbons = page.getByRole('application', { name: /64 strongest pairs of q/ });
    await ribbons.waitFor();
    await page.getByRole('slider', { name: 'strongest' }).press('Home');
    const eight = page.getByRole('application', { name: /8 strongest pairs/ });
    await eight.waitFor();

    const pairs = indices.flatMap((row) =>
      indices.map((column) => ({ row, column, mass: plan.mass(row, column) })),
    );
    const strongest = pairs.toSorted((p, q) => q.mass - p.mass).slice(0, 8);
    await page.getByText('As a list').click();
    const list = page.getByRole('region', { name: 'Strongest pairs' });
    expect(await list.getByRole('button').allInnerTexts()).toEqual(
      strongest.map(({ row, column }) => `${row} → ${column}`),
    );
    const masses = await list.locator('tbody td:last-child').allInnerTexts();
    for (const [i, { mass }] of strongest.entries())
      expect(numberIn(masses[i] ?? '') / mass).toBeCloseTo(1, 2);
    await list.getByRole('button').nth(3).click();
    expect(await selectedPair(page)).toBe(`${strongest[3]?.row} → ${strongest[3]?.column}`);

    await eight.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await selectedPair(page)).toBe(`${strongest[1]?.row} → ${strongest[1]?.column}`);
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.url())
      .toMatch(new RegExp(`cell=${strongest[1]?.row}\\.${strongest[1]?.column}`));
    await page.keyboard.press('Escape');

    // The middle of a ribbon's path is under the pointer.
    await page.getByText('As a list').click();
    const target = await page
      .locator('.ribbon-targets path[data-pair="0"]')
      .evaluate((path: SVGPathElement) => {
        const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.03);
        const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM() ?? undefined);
        return { x: at.x, y: at.y };
      });
    await page.mouse.click(target.x, target.y);
    expect(await selectedPair(page)).toBe(`${strongest[0]?.row} → ${strongest[0]?.column}`);
    await expect
      .poll(() => page.url())
      .toMatch(new RegExp(`cell=${strongest[0]?.row}\\.${strongest[0]?.column}.*ribbons=on`));
    const { hash } = new URL(page.url());

    const again = await start({ hash });
    await again.getByRole('application', { name: /8 strongest pairs/ }).waitFor();
    expect(await selectedPair(again)).toBe(`${strongest[0]?.row} → ${strongest[0]?.column}`);
    // The ribbons change with the half-step.
    await again.getByRole('button', { name: 'To the start' }).click();
    await again.getByRole('button', { name: 'Half-step forward' }).click();
    await again.locator('.ribbons-plate[data-half-step="1"]').waitFor();
    const first = sinkhorn(cost, 0.06, 1);
    const top = pairs
      .map(({ row, column }) => ({ row, column, mass: first.mass(row, column) }))
      .toSorted((p, q) => q.mass - p.mass)[0];
    await again.getByText('As a list').click();
    await expect
      .poll(() =>
        again.getByRole('region', { name: 'Strongest pairs' }).getByRole('button').first().innerText(),
      )
      .toBe(`${top?.row} → ${top?.column}`);
  });

  it('has no accessibility violation, in light and dark, and fits a phone, ribbons and all', async () => {
    const page = await start({ hash: '#tensor=gate&cell=10.20&step=3&ribbons=on' });
    await page.locator('.ribbons-plate[data-half-step="3"]').waitFor();
    await page.getByRole('region', { name: 'The same pair elsewhere' }).waitFor();
    await page.getByText('As a list').click();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.ribbon-lines path').first().waitFor();
    await expect.poll(() => pageWidth(page)).toBe(390);
    expect((await page.getByRole('application').boundingBox())?.width).toBeGreaterThan(300);
  });
});
