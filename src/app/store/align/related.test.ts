import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openApp, picture, solved } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function pairApp() {
  const setup = await openApp({
    fragment: 'tensor=gate&cell=1.2',
    answers: {
      align: ({ tensor }) => solved(tensor, { tensor }),
      picture: (asked) => picture(asked.key, asked.kind, asked.halfStep ?? 0),
      related: () => [
        { tensor: 'mlp.up_proj', axis: 'rows', aligned: false, cost: 1, rankOfColumn: 2, rankOfRow: 3 },
      ],
    },
  });
  await vi.advanceTimersByTimeAsync(600);
  return setup;
}

describe('the pair elsewhere', () => {
  it('is looked up once the pair has rested, not on every move of the cursor', async () => {
    const { app, engine } = await pairApp();
    expect(engine.all('related').map((call) => call.args)).toEqual([
      { key: 'mlp.gate_proj', row: 1, column: 2 },
    ]);
    app.cell.unpin();
    for (const column of [0, 1, 2, 3]) {
      app.cell.point({ row: 3, column });
      await vi.advanceTimersByTimeAsync(20);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(
      engine
        .all('related')
        .slice(1)
        .map((call) => call.args),
    ).toEqual([{ key: 'mlp.gate_proj', row: 3, column: 3 }]);
    expect(app.store.getState().related.shown?.request).toMatchObject({ row: 3, column: 3 });
  });

  it('is gone to with the same neurons pinned', async () => {
    const { app, engine } = await pairApp();
    app.view.showPair('up', { row: 1, column: 2 });
    await vi.advanceTimersByTimeAsync(600);
    expect(app.store.getState().view).toMatchObject({ tensor: 'up', cell: { row: 1, column: 2 } });
    expect(engine.last('related').args).toEqual({ key: 'mlp.up_proj', row: 1, column: 2 });
  });
});
