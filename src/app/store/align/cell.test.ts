import { describe, expect, it, vi } from 'vitest';
import { openApp, picture, solved } from '../testing';

const strongest = () => ({
  rows: Uint32Array.of(2),
  columns: Uint32Array.of(1),
  values: Float32Array.of(0.9),
});

/** Answers of an engine whose alignments differ by gap, tensor and ε. */
const answers: NonNullable<Parameters<typeof openApp>[0]>['answers'] = {
  align: ({ gap, tensor, recipe }) => solved(`${gap} ${tensor} ${recipe.solver.epsilon}`),
  picture: ({ key, kind, halfStep }) => picture(key, kind, halfStep ?? 0),
};

/** Waits until the alignment whose key begins so is on show. */
const shows = async (app: Awaited<ReturnType<typeof openApp>>['app'], key: string) =>
  vi.waitFor(() => expect(app.store.getState().align.result?.key).toMatch(new RegExp(`^${key}`)));

describe('the cursor', () => {
  it('goes to the surest match of another tensor or gap, and stays where it was put otherwise', async () => {
    const { app } = await openApp({ answers });
    const cursor = () => app.store.getState().cell.cursor;
    await vi.waitFor(() => expect(cursor()).toEqual({ row: 0, column: 3 }));
    app.cell.point({ row: 1, column: 1 });
    app.recipe.setEpsilon(0.03);
    await shows(app, '6 self_attn.q_proj 0.03');
    expect(cursor()).toEqual({ row: 1, column: 1 });
    app.view.showTensor('o');
    await vi.waitFor(() => expect(cursor()).toEqual({ row: 0, column: 3 }));
    app.cell.point({ row: 2, column: 2 });
    app.view.showGap(4);
    await vi.waitFor(() => expect(cursor()).toEqual({ row: 0, column: 3 }));
  });

  it('goes to the pair with the most mass where neurons are not sorted by match', async () => {
    const { app, engine } = await openApp({ fragment: 'order=index', answers: { ...answers, strongest } });
    const cursor = () => app.store.getState().cell.cursor;
    await vi.waitFor(() => expect(cursor()).toEqual({ row: 2, column: 1 }));
    app.cell.point({ row: 0, column: 0 });
    engine.answers.strongest = () => {
      throw new Error('lost');
    };
    app.view.showGap(4);
    await vi.waitFor(() => expect(cursor()).toEqual({ row: 0, column: 3 }));
  });

  it('leaves a pinned cell of a link alone', async () => {
    const { app } = await openApp({ fragment: 'cell=1.2', answers });
    await shows(app, '6 ');
    expect(app.store.getState().view.cell).toEqual({ row: 1, column: 2 });
    expect(app.store.getState().cell.cursor).toBeUndefined();
  });
});

it('is looked up in both alignments that are on show', async () => {
  const { engine } = await openApp({ fragment: 'panes=both&b-eps=0.2&cell=1.2', answers });
  const keys = () => engine.all('cell').map(({ args }) => `${args.key}: ${args.row}.${args.column}`);
  await vi.waitFor(() =>
    expect(keys()).toEqual(['6 self_attn.q_proj 0.06: 1.2', '6 self_attn.q_proj 0.2: 1.2']),
  );
  const alone = await openApp({ fragment: 'cell=1.2', answers });
  await shows(alone.app, '6 ');
  expect(alone.engine.all('cell')).toHaveLength(1);
});
