import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../engine/jobs';
import type { Recipe } from '../../recipe/schema';
import type { ComparisonId } from '../../recipe/view';
import { openApp } from '../store/testing';
import { lossBars } from './loss-bars';
import { compareRows, equalArms } from './rows';
import { verdictOf } from './verdict';

const evaluation = (loss: number, maxLogitDifference = 0): Evaluation => ({
  loss,
  perplexity: Math.exp(loss),
  tokens: 127,
  nll: new Float32Array(),
  backend: 'cpu',
  milliseconds: 1,
  layers: 8,
  parameters: 1,
  plans: [],
  maxLogitDifference,
});

/** Evaluates the chosen arms; `loss` answers for arms that are not zeroed. */
async function evaluated(
  comparison: ComparisonId,
  loss: (recipe: Recipe) => number,
  { arms, zeroed = evaluation(3) }: { arms?: readonly string[]; zeroed?: Evaluation } = {},
) {
  const { app } = await openApp({
    fragment: `arms=${comparison}`,
    answers: {
      evaluate: ({ recipe }) =>
        recipe === null ? evaluation(3) : recipe.zeroInit === true ? zeroed : evaluation(loss(recipe), 1),
    },
  });
  if (arms) {
    const all = compareRows(app.store.getState()).rows.map(({ id }) => id);
    app.compare.choose(all, false);
    app.compare.choose(arms, true);
  }
  await app.compare.run();
  return compareRows(app.store.getState()).rows;
}

describe('the verdict', () => {
  it('asks the question while nothing is evaluated', async () => {
    const { app } = await openApp({ fragment: 'arms=alignment' });
    const { rows } = compareRows(app.store.getState());
    expect(verdictOf('alignment', rows)).toEqual({
      title: 'Does it help to match neurons, or only to make the weights smaller?',
      sentences: ['Nothing is evaluated yet: 24 arms and the base, on the same text.'],
    });
  });

  it('counts the arms that match neurons and do better than the best that matches none', async () => {
    const losses: Record<string, number> = {
      'half-next': 3.1,
      'opt-deus:paper': 3.05,
      random: 4,
      // A loss below the base's is a change too.
      'opt-deus:hard': 2.5,
    };
    const rows = await evaluated('alignment', ({ method }) => losses[method] ?? 3.5);
    const { title, sentences } = verdictOf('alignment', rows);
    const name = (id: string) => rows.find((row) => row.id === id)?.title;
    expect(title).toBe(
      `1 of 7 arms that match neurons stays nearer to the base than “${name('half-next:kept')}”, which matches none`,
    );
    expect(sentences[0]).toBe(
      `Of 12 arms that change the model, “${name('paper:kept')}” changes the loss least (+0.0500 nats per token), “${name('random:kept')}” most (+1.0000).`,
    );
    expect(sentences[1]).toMatch(/^12 zeroed arms compute exactly what the base computes/);
    expect(sentences.at(-1)).toBe('127 predictions on one text, one seed, nothing trained.');
  });

  it('names the nearest arm of other comparisons, and arms without a number', async () => {
    const losses: Record<string, number> = { top: 3.25, middle: 3.5, bottom: Number.NaN, ends: 4 };
    const rows = await evaluated('positions', ({ gaps }) => losses[String(gaps)] ?? Number.NaN);
    const { title, sentences } = verdictOf('positions', rows);
    const nearest = rows.find(({ id }) => id === 'top:kept')?.title;
    expect(title).toBe(`Nearest to the base: “${nearest}”, +0.2500`);
    expect(sentences).toContain('1 arm of 8 without a number.');
  });

  it('says when all arms are the base, and when one that should be is not', async () => {
    const arms = ['average:zero', 'random:zero'];
    expect(verdictOf('alignment', await evaluated('alignment', () => 3, { arms })).title).toBe(
      'All evaluated arms compute what the base computes',
    );
    const rows = await evaluated('alignment', () => 3, { arms, zeroed: evaluation(3, 0.1) });
    expect(verdictOf('alignment', rows).sentences[0]).toMatch(/^2 of 2 zeroed arms should compute/);
  });
});

describe('arms that are equal by construction', () => {
  it('are told by their recipes, before anything is evaluated', async () => {
    const { app } = await openApp({ fragment: 'arms=alignment' });
    const { rows } = compareRows(app.store.getState());
    expect(equalArms(rows).map(({ id }) => id)).toEqual(
      rows.map(({ id }) => id).filter((id) => id.endsWith(':zero')),
    );
  });

  it('do not count those whose numbers alone agree, and one alone is none', async () => {
    const rows = await evaluated('alignment', () => 3, { arms: ['average:zero', 'average:kept'] });
    const chosen = rows.filter((row) => row.chosen);
    expect(chosen.map(({ values }) => values.loss)).toEqual([3, 3, 3]);
    expect(equalArms(chosen)).toEqual([]);
  });

  it('are one bar of the chart', async () => {
    const rows = await evaluated('alignment', () => 3.5, {
      arms: ['average:zero', 'random:zero', 'average:kept'],
    });
    const figure = lossBars(
      rows.filter((row) => row.chosen),
      () => '',
      false,
    );
    expect(figure.data[0]).toMatchObject({
      y: ['Zeroed arms, equal to the base (2)', rows.find(({ id }) => id === 'average:kept')?.title],
      customdata: [3, 3.5],
    });
  });
});
