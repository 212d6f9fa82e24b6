import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../engine/jobs';
import { columnsOf } from '../../compare/columns';
import { compareRows, sortRows } from '../../compare/rows';
import { shownComparison } from '../derived/comparison';
import { evaluationOf } from '../derived/evaluation';
import { namedError, openApp } from '../testing';

type App = Awaited<ReturnType<typeof openApp>>['app'];

function evaluation(loss: number, change: Partial<Evaluation> = {}): Evaluation {
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
    ...change,
  };
}

const NO_MEASURES = {
  planPerplexity: null,
  marginalError: null,
  converged: null,
  transportCost: null,
  exactCost: null,
  identityCost: null,
  meanCost: null,
  scoreBefore: null,
  scoreAfter: null,
  identityShare: null,
  assignmentAgreement: null,
  normKept: null,
  normToPrevious: null,
  normToNext: null,
  cosinePrevious: null,
  cosineNext: null,
  distanceHalfNext: null,
} as const;

const chosen = (app: App) => {
  const { arms, chosen: ids } = shownComparison(app.store.getState());
  return arms.filter(({ id }) => ids.includes(id));
};
const statuses = (app: App) =>
  chosen(app).map(({ recipe }) => evaluationOf(app.store.getState(), recipe)?.status);
const all = (app: App, status: string | undefined) => chosen(app).map(() => status);

describe('the comparison', () => {
  it('goes on past an arm that fails and keeps its message', async () => {
    const { app } = await openApp({
      answers: {
        evaluate: ({ recipe }) => {
          if (recipe?.method === 'average')
            throw namedError('UpscaleError', 'expected rows, got none. Choose a gap.');
          return evaluation(recipe === null ? 3 : 2);
        },
      },
    });
    await app.compare.run();
    expect(statuses(app)).toEqual(chosen(app).map(({ id }) => (id === 'average' ? 'failed' : 'done')));
    const row = compareRows(app.store.getState()).rows.find(({ id }) => id === 'average');
    expect(row?.entry?.failure?.message).toBe('expected rows, got none. Choose a gap.');
    expect(app.store.getState().compare.running).toBe(false);
  });

  it('asks for the base without a recipe and for the chosen arms at the same gaps', async () => {
    const { app, engine } = await openApp({
      fragment: 'gaps=2,4',
      answers: { evaluate: () => evaluation(1) },
    });
    app.compare.choose(['opt-deus:hard'], false);
    await app.compare.run();
    const asked = engine.all('evaluate').map((call) => call.args);
    expect(asked.map((args) => args.recipe?.method ?? 'base')).toEqual([
      'base',
      'opt-deus:paper',
      'opt-deus:literal',
      'average',
      'average:zero',
      'llama-pro',
    ]);
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
    // The cancelled evaluation has ended by now and must not have overwritten the new one.
    expect(evaluationOf(app.store.getState(), null)?.status).toBe('running');
    for (let i = 1; i <= chosen(app).length; i++) {
      await expect.poll(() => engine.all('evaluate').length).toBe(i + 1);
      engine.last('evaluate').resolve(evaluation(1));
    }
    await second;
    expect(statuses(app)).toEqual(all(app, 'done'));
  });

  it('never shows a result for another recipe, text or backend, and finds it again on return', async () => {
    const { app } = await openApp({ answers: { evaluate: () => evaluation(1) } });
    await app.compare.run();
    app.recipe.setEpsilon(0.01);
    // The base does not depend on ε.
    expect(statuses(app)).toEqual(['done', ...all(app, undefined).slice(1)]);
    app.recipe.undo();
    expect(statuses(app)).toEqual(all(app, 'done'));
    app.recipe.setAlpha(0.25);
    expect(statuses(app)).toEqual(['done', ...all(app, undefined).slice(1)]);
    app.recipe.undo();
    app.evaluations.chooseText('observatory');
    expect(statuses(app)).toEqual(all(app, undefined));
    app.evaluations.chooseText('fairy');
    await app.switchBackend('webgpu');
    expect(statuses(app)).toEqual(all(app, undefined));
  });

  it('takes a text of one’s own as another text', async () => {
    const { app, engine } = await openApp({ answers: { evaluate: () => evaluation(1) } });
    app.evaluations.setOwnText('mine.txt', 'once upon a time');
    await app.compare.evaluateShown();
    expect(engine.last('evaluate').args.text).toBe('once upon a time');
    app.evaluations.setOwnText('mine.txt', 'another file of that name');
    expect(evaluationOf(app.store.getState(), null)).toBeUndefined();
  });

  it('keeps results from one visit to the next, but not those of files picked by hand', async () => {
    const stored = new Map<string, string>();
    const answers = { evaluate: () => evaluation(2.5) };
    const first = await openApp({ answers, stored });
    await first.app.compare.run();
    const second = await openApp({ stored });
    expect(statuses(second.app)).toEqual(all(second.app, 'done'));
    expect(evaluationOf(second.app.store.getState(), null)?.result?.loss).toBe(2.5);

    stored.clear();
    await first.app.model.openFiles([], 'mine');
    await first.app.compare.run();
    expect(statuses(first.app)).toEqual(all(first.app, 'done'));
    expect([...stored.values()].join()).not.toContain('mine');
  });

  it('says that kept results cannot be read, and goes on without them', async () => {
    const { app } = await openApp({ stored: new Map([['interlayer-results', '{"format":"other"}']]) });
    expect(app.store.getState().notices.map(({ text }) => text)).toEqual([
      expect.stringContaining('format: expected'),
    ]);
  });

  it('measures again only what has not been measured', async () => {
    const { app, engine } = await openApp({
      answers: {
        evaluate: () => evaluation(1),
        measure: () => ({ tensors: [], blocks: [], cka: new Float32Array(), model: null, sample: null }),
      },
    });
    await app.compare.run();
    const evaluated = engine.all('evaluate').length;
    app.compare.setDepth('blocks');
    await app.compare.run();
    await app.compare.run();
    expect(engine.all('evaluate')).toHaveLength(evaluated);
    expect(engine.all('measure')).toHaveLength(evaluated);
    expect(engine.last('measure').args.groups).not.toContain('ablations');
  });

  it('measures nulls at the greatest depth, and has columns for them once they are there', async () => {
    const excess = { gap: 6, tensor: 'self_attn.q_proj', previous: 6, next: 7, rows: 4 } as const;
    const { app, engine } = await openApp({
      answers: {
        evaluate: () => evaluation(1),
        measure: ({ recipe, groups }) => ({
          tensors:
            recipe === null
              ? []
              : [
                  {
                    ...NO_MEASURES,
                    ...excess,
                    ...(groups?.includes('null') && { excessMass: 0.04, excessCost: 0.06 }),
                  },
                ],
          blocks: [],
          cka: new Float32Array(),
          model: null,
          sample: null,
        }),
      },
    });
    const shown = () => columnsOf(compareRows(app.store.getState()).rows, 'base');
    app.compare.setDepth('ablations');
    await app.compare.run();
    expect(engine.last('measure').args.groups).not.toContain('null');
    expect(shown()).not.toContain('excessCost');
    app.compare.setDepth('null');
    await app.compare.run();
    expect(engine.last('measure').args.groups).toEqual(
      expect.arrayContaining(['ablations', 'null', 'tensors']),
    );
    expect(shown()).toEqual(expect.arrayContaining(['excessMass', 'excessCost']));
    const row = compareRows(app.store.getState()).rows.find(({ id }) => id === 'opt-deus:paper');
    expect(row?.values).toMatchObject({ excessMass: 0.04, excessCost: 0.06 });
    const asked = engine.all('measure').length;
    await app.compare.run();
    expect(engine.all('measure')).toHaveLength(asked);
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
    const { rows } = compareRows(app.store.getState());
    const ids = (descending: boolean) => sortRows(rows, 'loss', descending).map((row) => row.id);
    expect(ids(false).slice(0, 3)).toEqual(['base', 'average', 'opt-deus:paper']);
    expect(ids(true).slice(0, 3)).toEqual(['base', 'opt-deus:paper', 'average']);
    expect(rows.find((row) => row.id === 'average')?.values.delta).toBeCloseTo(0.1, 12);
  });

  it('are compared with the pinned arm, and say in how many things they differ from it', async () => {
    const { app } = await openApp({
      fragment: 'arms=alignment',
      answers: { evaluate: ({ recipe }) => evaluation(recipe === null ? 3 : recipe.zeroInit ? 3 : 4) },
    });
    app.compare.pin('average:kept');
    await app.compare.run();
    const { rows, reference } = compareRows(app.store.getState());
    const row = (id: string) => rows.find((candidate) => candidate.id === id);
    expect(reference).toBe('average:kept');
    expect(row('average:kept')?.differs).toEqual([]);
    expect(row('average:kept')?.values.reference).toBeUndefined();
    expect(row('random:kept')?.differs).toEqual(['method']);
    expect(row('random:zero')?.differs).toEqual(['method', 'zeroing']);
    expect(row('random:zero')?.values.reference).toBe(-1);
  });

  it('mark numbers of plans that did not converge', async () => {
    const plan = {
      gap: 3,
      tensor: 'self_attn.q_proj' as const,
      rows: 4,
      planPerplexity: 2,
      transportCost: 1,
      marginalError: 0.5,
      iterations: 9,
      converged: false,
    };
    const { app } = await openApp({
      answers: { evaluate: () => evaluation(1, { plans: [plan, { ...plan, converged: true }] }) },
    });
    await app.compare.evaluateShown();
    const { rows } = compareRows(app.store.getState());
    expect(rows.find(({ id }) => id === 'opt-deus:paper')?.unconverged).toBe(1);
  });

  it('take in results from a file, with what they do not share with those on show', async () => {
    const stored = new Map<string, string>();
    const { app } = await openApp({ answers: { evaluate: () => evaluation(2) }, stored });
    await app.compare.evaluateShown();
    const file = stored.get('interlayer-results') ?? '';
    app.view.show({ tokens: 128 });
    app.compare.importResults('old.json', file);
    const { rows } = compareRows(app.store.getState());
    const imported = rows.filter((row) => row.file === 'old.json');
    expect(imported.map(({ values, differs }) => [values.loss, differs])).toEqual([
      [2, ['text']],
      [2, ['text']],
    ]);
    app.compare.importResults('bad.json', '{');
    expect(app.store.getState().notices.at(-1)?.text).toContain('expected JSON');
  });
});
