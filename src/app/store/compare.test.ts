import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../engine/jobs';
import { compareRows, sortRows } from '../compare/rows';
import { ARMS, armEvaluation } from './compare';
import { named, openApp } from './testing';

function evaluation(loss: number): Evaluation {
  return {
    loss,
    perplexity: Math.exp(loss),
    tokens: 3,
    nll: new Float32Array(3),
    backend: 'cpu',
    milliseconds: 1,
    layers: 8,
    parameters: 1,
    plans: [],
  };
}

const statuses = (app: Awaited<ReturnType<typeof openApp>>['app']) =>
  ARMS.map((arm) => armEvaluation(app.store.getState(), arm)?.status);

describe('the comparison', () => {
  it('goes on past an arm that fails and keeps its message', async () => {
    const { app } = await openApp({
      answers: {
        evaluate: ({ recipe }) => {
          if (recipe?.method === 'average')
            throw named('UpscaleError', 'expected rows, got none. Choose a gap.');
          return evaluation(recipe === null ? 3 : 2);
        },
      },
    });
    await app.compare.run();
    expect(statuses(app)).toEqual(ARMS.map((arm) => (arm === 'average' ? 'failed' : 'done')));
    expect(armEvaluation(app.store.getState(), 'average')?.failure?.message).toBe(
      'expected rows, got none. Choose a gap.',
    );
    expect(app.store.getState().compare.running).toBe(false);
  });

  it('asks for the base without a recipe and for the arms at the same gaps, compared with the base', async () => {
    const { app, engine } = await openApp({
      fragment: 'gaps=2,4',
      answers: { evaluate: () => evaluation(1) },
    });
    await app.compare.run();
    const asked = engine.all('evaluate').map((call) => call.args);
    expect(asked.map((args) => args.recipe?.method ?? 'base')).toEqual(ARMS);
    expect(asked[0]).toMatchObject({ recipe: null, compareWithBase: false, maxTokens: 512 });
    expect(asked.slice(1).every((args) => String(args.recipe?.gaps) === '2,4' && args.compareWithBase)).toBe(
      true,
    );
    expect(asked[0]?.text).toBe('text of https://example.org/interlayer/corpus/fairy-heldout.txt');
  });

  it('stops when cancelled, forgets the half-done arm and can be run again at once', async () => {
    const { app, engine } = await openApp();
    const first = app.compare.run();
    await expect.poll(() => engine.all('evaluate').length).toBe(1);
    app.compare.cancel();
    const second = app.compare.run();
    await first;
    await expect.poll(() => engine.all('evaluate').length).toBe(2);
    // The cancelled one has ended by now and must not have taken the new one's place.
    expect(armEvaluation(app.store.getState(), 'base')?.status).toBe('running');
    for (let i = 1; i <= ARMS.length; i++) {
      await expect.poll(() => engine.all('evaluate').length).toBe(i + 1);
      engine.last('evaluate').resolve(evaluation(1));
    }
    await second;
    expect(statuses(app)).toEqual(ARMS.map(() => 'done'));
  });

  it('never shows a result for another recipe, text or backend, and finds it again on return', async () => {
    const { app } = await openApp({ answers: { evaluate: () => evaluation(1) } });
    await app.compare.run();
    app.recipe.setEpsilon(0.01);
    // The base depends on no ε.
    expect(statuses(app)).toEqual(['done', ...ARMS.slice(1).map(() => undefined)]);
    app.recipe.undo();
    expect(statuses(app)).toEqual(ARMS.map(() => 'done'));
    app.evaluations.chooseText('observatory');
    expect(statuses(app)).toEqual(ARMS.map(() => undefined));
    app.evaluations.chooseText('fairy');
    await app.switchBackend('webgpu');
    expect(statuses(app)).toEqual(ARMS.map(() => undefined));
  });

  it('takes a text of one’s own as another text', async () => {
    const { app, engine } = await openApp({ answers: { evaluate: () => evaluation(1) } });
    app.evaluations.setOwnText('mine.txt', 'once upon a time');
    await app.compare.evaluateShown();
    expect(engine.last('evaluate').args.text).toBe('once upon a time');
    app.evaluations.setOwnText('mine.txt', 'another file of that name');
    expect(armEvaluation(app.store.getState(), 'base')).toBeUndefined();
  });
});

describe('rows of the table', () => {
  it('sort by a number with the unknown last, either way, and the base on top', async () => {
    const losses: Record<string, number> = { 'opt-deus:paper': 3.5, average: 3.1 };
    const { app } = await openApp({
      answers: {
        evaluate: ({ recipe }) => evaluation(recipe === null ? 3 : (losses[recipe.method] ?? Number.NaN)),
      },
    });
    await app.compare.evaluateShown();
    app.recipe.setMethod('average');
    await app.compare.evaluateShown();
    const rows = compareRows(app.store.getState());
    const arms = (descending: boolean) => sortRows(rows, 'loss', descending).map((row) => row.arm);
    expect(arms(false).slice(0, 3)).toEqual(['base', 'average', 'opt-deus:paper']);
    expect(arms(true).slice(0, 3)).toEqual(['base', 'opt-deus:paper', 'average']);
    expect(rows.find((row) => row.arm === 'average')?.delta).toBeCloseTo(0.1, 12);
  });
});
