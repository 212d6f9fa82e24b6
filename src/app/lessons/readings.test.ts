import { describe, expect, it } from 'vitest';
import { readingName, READINGS } from '../../lessons/readings';
import type { Evaluation } from '../../engine/jobs';
import { openApp, solved } from '../store/testing';
import * as v from 'valibot';
import { factsOf, formatReading } from './readings';

const evaluation = (loss: number, change: Partial<Evaluation> = {}): Evaluation => ({
  loss,
  perplexity: Math.exp(loss),
  tokens: 3,
  nll: new Float32Array(3),
  backend: 'cpu',
  milliseconds: 1,
  layers: 8,
  parameters: 1,
  plans: [],
  ...change,
});

type Setup = Parameters<typeof openApp>[0];

async function factsAfter(setup: Setup, act?: (app: Awaited<ReturnType<typeof openApp>>['app']) => unknown) {
  const opened = await openApp(setup);
  await act?.(opened.app);
  return factsOf(opened.app.store.getState(), {});
}

describe('a state of a lesson', () => {
  it('is that of the page where all its fields have the same value', async () => {
    const facts = await factsAfter({ fragment: 'tab=compare&tensor=gate&eps=0.1&zero=off' });
    expect(facts.hasState('tab=compare&tensor=gate')).toBe(true);
    expect(facts.hasState('#eps=1e-1')).toBe(true);
    expect(facts.hasState('tensor=gate&tab=align')).toBe(false);
    expect(facts.hasState('zero=on')).toBe(false);
    expect(facts.hasState('')).toBe(true);
  });

  it('may write a default as what it stands for', async () => {
    const facts = await factsAfter({});
    expect(facts.hasState('gap=6&gaps=3,4,5,6&zero=on')).toBe(true);
    expect(facts.hasState('gap=top&gaps=top&zero=method')).toBe(true);
    expect(facts.hasState('gap=5')).toBe(false);
    expect(facts.hasState('gaps=4,5,6')).toBe(false);
    const chosen = await factsAfter({ fragment: 'gaps=0,2&gap=0&method=average' });
    expect(chosen.hasState('zero=off&gap=top')).toBe(false);
    expect(chosen.hasState('zero=off&gap=0&gaps=0,2')).toBe(true);
  });
});

describe('a reading', () => {
  it('of the plan is known when the solve has ended', async () => {
    const { app, engine } = await openApp();
    const read = (name: string) => factsOf(app.store.getState(), {}).read(name);
    expect(read('plan.perplexity')).toBeUndefined();
    await expect.poll(() => engine.all('align').length).toBe(1);
    engine.last('align').resolve(solved('a', { exactCost: 0.9 }));
    await expect.poll(() => read('plan.perplexity')).toBe(2);
    expect(read('plan.n')).toBe(4);
    expect(read('plan.sharpness')).toBeCloseTo(0.5, 12);
    expect(
      ['cost', 'exactCost', 'iterations', 'halfSteps', 'error', 'epsilon'].map((name) =>
        read(`plan.${name}`),
      ),
    ).toEqual([1, 0.9, 4, 8, 1e-6, 0.06]);
    expect([read('cost.mean'), read('cost.deviation')]).toEqual([1.4, 0.1]);
    expect(read('plan.epsilonShare')).toBeCloseTo(0.6, 12);
    expect(read('plan.status')).toBe('ready');
    expect([read('shown.gap'), read('shown.tensor')]).toEqual(['6|7', 'q']);
    app.recipe.setEpsilon(0.01);
    expect(read('plan.perplexity')).toBeUndefined();
    expect(read('plan.status')).toBe('forming');
  });

  it('of heads counts what stays together', async () => {
    const { app, engine } = await openApp();
    const read = (name: string) => factsOf(app.store.getState(), {}).read(name);
    const kept = () => ['heads', 'headsKept', 'pairs', 'pairsKept'].map((name) => read(`plan.${name}`));
    await expect.poll(() => engine.all('align').length).toBe(1);
    // Two heads of two rows each; a head is one rotary pair.
    engine.last('align').resolve(solved('a', { argmax: Uint32Array.of(3, 2, 0, 1) }));
    await expect.poll(kept).toEqual([2, 2, 2, 2]);
    app.align.again();
    await expect.poll(() => engine.all('align').length).toBe(2);
    engine.last('align').resolve(solved('b', { argmax: Uint32Array.of(0, 2, 2, 3) }));
    await expect.poll(kept).toEqual([2, 1, 2, 1]);
  });

  it('of losses is of the recipe on show', async () => {
    const { app } = await openApp({
      answers: {
        evaluate: ({ recipe }) =>
          recipe === null ? evaluation(3) : evaluation(3.25, { maxLogitDifference: 1.5 }),
      },
    });
    const read = (name: string) => factsOf(app.store.getState(), {}).read(name);
    expect(read('loss.base')).toBeUndefined();
    await app.compare.evaluateShown();
    expect(['base', 'deeper', 'change', 'logits'].map((name) => read(`loss.${name}`))).toEqual([
      3, 3.25, 0.25, 1.5,
    ]);
    app.recipe.setZeroInit(false);
    expect([read('loss.base'), read('loss.deeper')]).toEqual([3, undefined]);
  });

  it('of arms is of the comparison on show', async () => {
    const facts = await factsAfter(
      {
        fragment: 'arms=positions',
        answers: { evaluate: ({ recipe }) => evaluation(recipe?.gaps === 'bottom' ? 4 : 3) },
      },
      (app) => app.compare.run(),
    );
    expect(facts.read('arm:bottom:kept:loss')).toBe(4);
    expect(facts.read('arm:bottom:kept:change')).toBe(1);
    // Four new blocks: at 4, 6, 8 and 10 of 12, or at 1, 3, 5 and 7.
    expect(facts.read('arm:top:kept:backward')).toBe(8);
    expect(facts.read('arm:bottom:zero:backward')).toBe(11);
    expect(facts.read('arm:average:kept:loss')).toBeUndefined();
  });

  it('of the model says its depth', async () => {
    const facts = await factsAfter({ fragment: 'gaps=2,4' });
    expect(
      ['name', 'blocks', 'newBlocks', 'deeperBlocks', 'added'].map((name) => facts.read(`model.${name}`)),
    ).toEqual(['toy', 8, 2, 10, 200]);
  });

  it('of an activity is what the activity reported', async () => {
    const { app } = await openApp();
    const facts = factsOf(app.store.getState(), { cost: 1.5, bad: Number.NaN });
    expect(['cost', 'bad', 'other'].map((name) => facts.read(`activity.${name}`))).toEqual([
      1.5,
      undefined,
      undefined,
    ]);
  });

  it('is undefined where nothing has been computed, and has a name', async () => {
    const facts = await factsAfter({});
    const known = Object.keys(READINGS).filter((name) => facts.read(name) !== undefined);
    expect(known.toSorted()).toEqual(
      [
        'export.status',
        'model.added',
        'model.blocks',
        'model.deeperBlocks',
        'model.name',
        'model.newBlocks',
        'plan.status',
        'race.status',
        'shown.gap',
        'shown.tensor',
      ].toSorted(),
    );
    expect(facts.read('toString')).toBeUndefined();
    for (const name of ['arm:paper:kept:loss', 'run:top:zero:end', 'activity.cost'])
      expect(v.is(readingName, name)).toBe(true);
    for (const name of ['plan.nonsense', 'arm:paper:kept:nonsense', 'toString', ''])
      expect(v.is(readingName, name)).toBe(false);
  });
});

it.each([
  ['loss.base', 3.31519, '3.3152'],
  ['loss.change', 0.02599, '+0.0260'],
  ['loss.change', 0, '0'],
  ['loss.change', -0.5, '−0.5000'],
  ['loss.logits', 0, '0'],
  ['loss.logits', 1.4999, '1.5'],
  ['plan.perplexity', 221.34, '221'],
  ['plan.perplexity', 1.0044, '1'],
  ['plan.iterations', 12, '12'],
  ['arm:paper:kept:loss', 3.32, '3.3200'],
  ['arm:paper:kept:cosineNext', 0.98765, '0.988'],
  ['run:paper:zero:end', 3.15873, '3.1587'],
  ['run:paper:zero:stepMs', 812.4, '812 ms'],
  ['race.winner', 'random:zero', 'Random rows, zeroed'],
  ['null.costShare', 0.0567, '5.7 %'],
  ['activity.averageLoss', 5.56256, '5.5626'],
  ['activity.averageChange', 2.2474, '+2.2474'],
  ['activity.units', 384, '384'],
  ['model.added', 822_400, '822,400'],
  ['shown.gap', '6|7', '6|7'],
] as const)('%s %j is written %s', (name, value, text) => {
  expect(formatReading(name, value)).toBe(text);
});
